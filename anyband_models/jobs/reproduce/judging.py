"""One repair in the paper's convention and in ours."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32

from anyband_models.evaluation.evaluate import Region
from anyband_models.evaluation.metrics import psnr, rmse, sam
from anyband_models.evaluation.similarity import ssim


class Verdict(NamedTuple):
    """How good a repair is; see `table.CONVENTIONS`.

    Attributes:
        paper_psnr: of the whole cube [dB].
        paper_ssim: of all bands [1].
        paper_rmse: of the whole cube, after min-max scaling [1].
        paper_sam: of all pixels [rad].
        psnr: of the missing entries [dB].
        rmse: of the missing entries [the scene's unit].
    """

    paper_psnr: float
    paper_ssim: float
    paper_rmse: float
    paper_sam: float
    psnr: float
    rmse: float


def verdict(
    region: Region,
    estimate: Float32[np.ndarray, "band y x"],
    missing: Bool[np.ndarray, "band y x"],
) -> Verdict:
    """Judge an estimate of a region as it stands: nothing is pasted into it here."""
    truth, valid = region.truth, region.valid
    low, high = float(truth[valid].min()), float(truth[valid].max())
    span = high - low if high > low else 1.0
    scaled = (np.where(valid, truth, low) - low) / span
    guess = (np.where(valid, estimate, low) - low) / span
    good = region.good
    removed = missing & valid
    return Verdict(
        psnr(scaled, guess, valid, 1.0),
        ssim(scaled[good], guess[good], valid[good], 1.0),
        rmse(scaled, guess, valid),
        sam(truth, estimate, valid),
        psnr(truth, estimate, removed, region.peak),
        rmse(truth, estimate, removed),
    )


def mean_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the mean of each score."""
    return Verdict(*(float(np.mean(column)) for column in zip(*verdicts, strict=True)))
