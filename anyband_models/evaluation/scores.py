"""The scores of one repair, and the mean of several."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from pydantic import BaseModel

from anyband_models.evaluation.indices import index_agreement
from anyband_models.evaluation.metrics import ergas, mean_decibels, mpsnr, psnr, rmse, sam
from anyband_models.evaluation.similarity import ssim, uqi
from physops.bands import Bands

DECIBELS = ("psnr_missing", "psnr_whole", "mpsnr_missing")


class Scores(BaseModel, frozen=True, extra="forbid"):
    """How good a repair is; None where there was nothing to score.

    Attributes:
        psnr_missing: over the removed entries alone [dB]; infinite if they came back perfect.
        psnr_whole: over all entries with truth, the observed ones among them [dB].
        mpsnr_missing: mean of the bands' PSNRs, over their removed entries [dB].
        rmse_missing: over the removed entries [unit of the truth].
        ssim: over the bands that lost entries, all their entries with truth [1].
        sam: over the pixels that lost entries, all their bands with truth [rad].
        ergas: over the bands that lost entries, all their entries with truth [1].
        uqi: over the bands that lost entries, all their entries with truth [1].
        ndvi_correlation: Pearson's, over the pixels that lost red or near infrared [1].
        ndvi_rmse: over the same pixels [1].
        ndwi_correlation: Pearson's, over the pixels that lost green or near infrared [1].
        ndwi_rmse: over the same pixels [1].
    """

    psnr_missing: float | None = None
    psnr_whole: float | None = None
    mpsnr_missing: float | None = None
    rmse_missing: float | None = None
    ssim: float | None = None
    sam: float | None = None
    ergas: float | None = None
    uqi: float | None = None
    ndvi_correlation: float | None = None
    ndvi_rmse: float | None = None
    ndwi_correlation: float | None = None
    ndwi_rmse: float | None = None


def score(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    missing: Bool[np.ndarray, "band y x"],
    valid: Bool[np.ndarray, "band y x"],
    bands: Bands,
    peak: float,
) -> Scores:
    """Score a repair of a scene from which entries were removed on purpose.

    The estimate is taken as it stands: observed entries, which a model returns bit for bit,
    add no error to the whole; had it changed them, that would show. An estimate that is NaN
    where it is scored makes the score None, so that refusing an entry cannot flatter.

    Args:
        truth: the scene before.
        estimate: the scene as repaired.
        missing: True = removed.
        valid: True = there is a true value; nothing else is ever looked at.
        bands: the scene's bands.
        peak: the data range [unit of the truth], as `peak_of` gives it.
    """
    removed = missing & valid
    lossy = removed.any(axis=(1, 2))
    hit_bands = truth[lossy], estimate[lossy], valid[lossy]
    ndvi = index_agreement("ndvi", truth, estimate, bands, removed)
    ndwi = index_agreement("ndwi", truth, estimate, bands, removed)
    return _without_nan(
        psnr_missing=psnr(truth, estimate, removed, peak),
        psnr_whole=psnr(truth, estimate, valid, peak),
        mpsnr_missing=mpsnr(truth, estimate, removed, peak),
        rmse_missing=rmse(truth, estimate, removed),
        ssim=ssim(*hit_bands, peak),
        sam=sam(truth, estimate, valid & removed.any(axis=0)),
        ergas=ergas(*hit_bands),
        uqi=uqi(*hit_bands),
        ndvi_correlation=ndvi.correlation,
        ndvi_rmse=ndvi.rmse,
        ndwi_correlation=ndwi.correlation,
        ndwi_rmse=ndwi.rmse,
    )


def peak_of(truth: Float[np.ndarray, "band y x"], valid: Bool[np.ndarray, "band y x"]) -> float:
    """Return the range of the valid entries, all bands together; NaN if there are none."""
    return float(np.ptp(truth[valid].astype(np.float64))) if valid.any() else np.nan


def mean_scores(scores: Sequence[Scores]) -> Scores:
    """Return the mean of each score over those that have it.

    Decibels are averaged as `mean_decibels` says: a perfect repair is left out beside others.
    """
    columns = {name: [getattr(one, name) for one in scores] for name in Scores.model_fields}
    return _without_nan(**{name: _mean(name, column) for name, column in columns.items()})


def _mean(name: str, column: list[float | None]) -> float | None:
    values = [value for value in column if value is not None]
    if name in DECIBELS:
        return mean_decibels(values)
    return float(np.mean(values)) if values else None


def _without_nan(**values: float | None) -> Scores:
    return Scores(**{name: None if value != value else value for name, value in values.items()})
