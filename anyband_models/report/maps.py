"""One number a pixel: how much was missing, how wrong the repair is, how unsure."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from anyband_models.models.contract import Origin
from anyband_models.report.content import ReportContent


@dataclass(frozen=True, eq=False)
class Maps:
    """What is known of each pixel; NaN where there is nothing to say.

    Attributes:
        brightness: mean of the repaired spectrum [quantity of the scene].
        missing: share of the bands that were not observed [1].
        spread: mean standard deviation of the repaired entries [quantity of the scene].
        error: root mean square error of the repaired entries [quantity of the scene]; none
            where the truth is not known.
    """

    brightness: Float64[np.ndarray, "y x"]
    missing: Float64[np.ndarray, "y x"]
    spread: Float64[np.ndarray, "y x"]
    error: Float64[np.ndarray, "y x"] | None


def make_maps(content: ReportContent) -> Maps:
    """Return the maps of a report, in the scene's own resolution."""
    result = content.reconstruction
    nothing = (result.provenance == Origin.NO_DATA).all(axis=0)
    spreads = _repaired_only(result.std, result.repaired)
    return Maps(
        brightness=mean_over_bands(result.mean, nothing.shape),
        missing=np.where(nothing, np.nan, 1 - content.mask.mean(axis=0)),
        spread=mean_over_bands(spreads, nothing.shape),
        error=None if content.truth is None else _error(content, content.truth),
    )


def mean_over_bands(
    planes: Iterable[np.ndarray], shape: tuple[int, ...]
) -> Float64[np.ndarray, "y x"]:
    """Return the mean of the finite values at each pixel, NaN if there are none.

    Plane by plane, so that a cube of any size needs the room of a few planes only.
    """
    total, count = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for plane in planes:
        finite = np.isfinite(plane)
        total += np.where(finite, plane, 0)
        count += finite
    return np.divide(total, count, out=np.full(shape, np.nan), where=count > 0)


def _repaired_only(values: Iterable[np.ndarray], repaired: np.ndarray) -> Iterable[np.ndarray]:
    for plane, here in zip(values, repaired, strict=True):
        yield np.where(here, plane, np.nan)


def _error(
    content: ReportContent, truth: Float32[np.ndarray, "band y x"]
) -> Float64[np.ndarray, "y x"]:
    result = content.reconstruction
    pairs = zip(result.mean, truth, strict=True)
    squares = (np.square(mean.astype(np.float64) - known) for mean, known in pairs)
    repaired = _repaired_only(squares, result.repaired)
    return np.sqrt(mean_over_bands(repaired, truth.shape[1:]))
