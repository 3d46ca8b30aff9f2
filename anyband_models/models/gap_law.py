"""How wrong a straight line is across a gap of a given width, learned from the scene itself.

Observed bands are hidden one at a time, with their neighbours up to 2, 4, 8, ... bands away, and
interpolated from what is left. How wide the error at mid-gap scatters, relative to the pixel's
brightness, is a function of the gap's width: the gap law. Inside a gap it follows the
parabola of the Wiener bridge; but no entry is held to be better known than the middle of the
narrowest gap that could be tried, for the noise of the bands does not shrink with the gap.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped

from anyband_models.models.neighbours import Neighbours
from anyband_models.scene.pixels import by_pattern

SAMPLED_PIXELS = 256
MINIMUM_GAP_NM = 0.1
HALF_WIDTH_90 = 1.6449  # of the interval that holds 90 % of a normal distribution, in sigmas


@dataclass(frozen=True, eq=False)
class GapLaw:
    """Relative variance of the error at the middle of a gap, by the gap's width.

    Attributes:
        log_gap: widths at which it was measured, ascending [ln nm]; empty if it could not be.
        log_error: the error there [ln 1].
        unknown: the variance of the observed values relative to their mean square, 1 where they
            do not differ; used where nothing could be measured [1].
        dark: a hundredth of the scene's brightness; a darker pixel counts as this bright [unit
            of the values].
    """

    log_gap: Float[np.ndarray, " knot"]
    log_error: Float[np.ndarray, " knot"]
    unknown: float
    dark: float

    @classmethod
    def fit(
        cls,
        values: Shaped[np.ndarray, "band pixel"],
        mask: Bool[np.ndarray, "band pixel"],
        wavelength: Float[np.ndarray, " band"],
    ) -> "GapLaw":
        """Learn the law from the observed entries of up to 256 pixels.

        Args:
            values: physical values, with the bands in any order.
            mask: True = observed.
            wavelength: band centres [nm].
        """
        order = np.argsort(wavelength, kind="stable")
        useful = np.flatnonzero(mask.any(axis=0))
        sampled = useful[:: max(1, -(-len(useful) // SAMPLED_PIXELS))]
        known, spectra = mask[np.ix_(order, sampled)], values[np.ix_(order, sampled)]
        trials = [
            trial
            for pattern, members in by_pattern(known)
            for trial in _trials(wavelength[order][pattern], spectra[np.ix_(pattern, members)])
        ]
        observed = spectra[known].astype(np.float64)
        level = np.mean(observed**2) if observed.size else 0.0
        unknown = float(observed.var() / level) if level > 0 else 0.0
        dark = 0.01 * float(np.sqrt(level))
        if not trials:
            return cls(np.empty(0), np.empty(0), unknown or 1.0, dark)
        gap, error = (np.concatenate(column) for column in zip(*trials, strict=True))
        return cls(*_binned(gap, error), unknown or 1.0, dark)

    def std(
        self, neighbours: Neighbours, brightness: Float[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """Return the standard deviation of a straight line between these neighbours.

        Args:
            neighbours: of the entries.
            brightness: of the entries' pixels; its unit is that of the result.
        """
        brightness = np.maximum(brightness, self.dark)
        if not len(self.log_gap):
            return np.sqrt(self.unknown) * brightness
        # A Wiener process strays as far at distance d outside as at the middle of a gap of 4 d.
        gap = np.where(neighbours.outside, 4 * neighbours.gap, neighbours.gap)
        gap = np.maximum(gap, MINIMUM_GAP_NM)
        shape = np.where(neighbours.outside, 1.0, 4 * neighbours.bridge() / gap)
        error = np.exp(self._log_error(np.log(gap))) * shape
        # Close to an observed band the bridge says zero, but each band has noise of its own.
        return np.sqrt(np.maximum(error, np.exp(self.log_error[0]))) * brightness

    def _log_error(self, log_gap: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        inside = np.interp(log_gap, self.log_gap, self.log_error)
        # Beyond what was measured the error grows as the Wiener process has it: with the gap.
        return inside + np.maximum(log_gap - self.log_gap[-1], 0)


def brightness(
    values: Shaped[np.ndarray, "band pixel"], mask: Bool[np.ndarray, "band pixel"]
) -> Float[np.ndarray, " pixel"]:
    """Return the root mean square of a pixel's observed values, in their unit."""
    known = np.zeros(mask.shape, dtype=values.dtype)
    np.copyto(known, values, where=mask)
    squares = np.einsum("bp,bp->p", known, known, dtype=np.float64)
    return np.sqrt(squares / np.maximum(mask.sum(axis=0, dtype=np.int32), 1))


def _trials(
    wavelength: Float[np.ndarray, " n"], values: Shaped[np.ndarray, "n pixel"]
) -> list[tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]]:
    """Return (gap [nm], squared relative error at mid-gap) for strides 1, 2, 4, ..."""
    squares = np.mean(values.astype(np.float64) ** 2, axis=0)
    bright = values[:, squares > 0] / np.sqrt(squares[squares > 0])
    trials: list[tuple[np.ndarray, np.ndarray]] = []
    stride = 1
    while bright.size and 2 * stride < len(bright):
        low = np.arange(len(bright) - 2 * stride)
        gap = wavelength[low + 2 * stride] - wavelength[low]
        part = (wavelength[low + stride] - wavelength[low]) / np.maximum(gap, MINIMUM_GAP_NM)
        central = (part > 0.1) & (part < 0.9)  # nearer the edge, noise over a small number
        low, at = low[central], part[central, np.newaxis]
        line = bright[low] * (1 - at) + bright[low + 2 * stride] * at
        error = (bright[low + stride] - line) ** 2 / (4 * at * (1 - at))
        trials.append((gap[central].repeat(bright.shape[1]), error.ravel()))
        stride *= 2
    return trials


def _binned(
    gap: Float[np.ndarray, " n"], error: Float[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " knot"], Float[np.ndarray, " knot"]]:
    """Return the variance whose 90 % interval holds 90 % of the trials, by half-octaves of the gap.

    It never falls as the gap grows. Not the mean square: a tenth of the spectrum, such as
    where two detectors overlap, would speak for all of it.
    """
    from scipy.optimize import isotonic_regression

    if not len(gap):
        return np.empty(0), np.empty(0)
    octaves = np.round(2 * np.log2(np.maximum(gap, MINIMUM_GAP_NM))).astype(np.int64)
    knots, group, count = np.unique(octaves, return_inverse=True, return_counts=True)
    errors = np.split(error[np.argsort(group, kind="stable")], np.cumsum(count)[:-1])
    variance = np.array([np.quantile(trials, 0.9) for trials in errors]) / HALF_WIDTH_90**2
    log_variance = np.log(np.maximum(variance, np.finfo(float).tiny))
    rising = isotonic_regression(log_variance, weights=count.astype(np.float64)).x
    return knots * np.log(2) / 2, rising
