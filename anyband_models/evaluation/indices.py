"""Whether a repaired image still gives the right vegetation or water index."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float

import physops
from physops.bands import Bands
from physops.errors import MissingBandError


@dataclass(frozen=True)
class Agreement:
    """How an index of the estimate agrees with that of the truth.

    Attributes:
        correlation: Pearson's, over the pixels [1]; None where it has no value.
        rmse: root mean square difference of the index [1]; None where there is none.
        reason: why something is None; empty if nothing is.
    """

    correlation: float | None = None
    rmse: float | None = None
    reason: str = ""


def index_agreement(
    name: str,
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    bands: Bands,
    where: Bool[np.ndarray, "band y x"],
) -> Agreement:
    """Compare an index of the repaired pixels with the true one.

    A pixel counts if at least one band that the index needs was repaired in it, and the index
    is finite in both images.

    Args:
        name: an index of `physops`, such as ``"ndvi"``.
        truth: what is so.
        estimate: what is scored.
        bands: the bands of both images.
        where: True = repaired.

    Raises:
        UnknownNameError: if physops has no operator of that name.
    """
    try:
        operator = physops.get(name, bands=bands, variant="anyband")
        operands = [bands.channel(operand) for operand in operator.spec.operands]
    except MissingBandError as error:
        return Agreement(reason=str(error))
    pixels = where[operands].any(axis=0)
    if not pixels.any():
        return Agreement(reason=f"no band that {name} needs was repaired")
    true, guess = _apply(operator, truth[:, pixels]), _apply(operator, estimate[:, pixels])
    finite = np.isfinite(true) & np.isfinite(guess)
    return _compare(name, true[finite], guess[finite])


def _apply(
    operator: physops.Operator, spectra: Float[np.ndarray, "band pixel"]
) -> Float[np.ndarray, " pixel"]:
    return operator(torch.from_numpy(spectra.astype(np.float64)), band_dim=0).numpy()


def _compare(
    name: str, true: Float[np.ndarray, " pixel"], guess: Float[np.ndarray, " pixel"]
) -> Agreement:
    if not len(true):
        return Agreement(reason=f"{name} is finite in no repaired pixel")
    rmse = float(np.sqrt(np.mean((guess - true) ** 2)))
    if min(np.ptp(true), np.ptp(guess)) == 0:
        return Agreement(rmse=rmse, reason=f"{name} is the same in all repaired pixels")
    return Agreement(float(np.corrcoef(true, guess)[0, 1]), rmse)
