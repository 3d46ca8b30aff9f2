"""The observed bands on either side of every entry, in wavelength.

Linear interpolation is the posterior mean of a Wiener process (Brownian motion) that is known
at the observed bands. Its posterior variance is what `bridge` returns, up to the
process's own scale; so the neighbours give the value, its spread and the width of the gap.

Source: Kimeldorf & Wahba, *A correspondence between Bayesian estimation on stochastic processes
and smoothing by splines*, Annals of Mathematical Statistics 41 (1970) 495-502.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped


@dataclass(frozen=True, eq=False)
class Neighbours:
    """For each of ``n`` entries, the nearest observed entries below and above it in wavelength.

    Attributes:
        below, above: position along the sorted band axis; the same on both sides where an
            entry lies outside all observed bands.
        left, right: their wavelengths [nm].
        here: the entry's own wavelength [nm].
    """

    below: Int[np.ndarray, " n"]
    above: Int[np.ndarray, " n"]
    left: Float[np.ndarray, " n"]
    right: Float[np.ndarray, " n"]
    here: Float[np.ndarray, " n"]

    @classmethod
    def of(
        cls,
        mask: Bool[np.ndarray, "band pixel"],
        wavelength: Float[np.ndarray, " band"],
        entries: tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]],
    ) -> "Neighbours":
        """Find the neighbours of ``entries`` (band, pixel), never an entry itself.

        Args:
            mask: True = observed; along ``band`` in ascending wavelength. Every pixel named in
                ``entries`` needs an observed entry other than the entry itself.
            wavelength: band centres [nm], ascending.
            entries: indices of the entries.
        """
        band, pixel = entries
        last = len(wavelength)
        below = _shifted(_nearest_before(mask), fill=-1)[band, pixel]
        above = last - 1 - _shifted(_nearest_before(mask[::-1]), fill=-1)[last - 1 - band, pixel]
        below, above = np.where(below < 0, above, below), np.where(above >= last, below, above)
        return cls(below, above, wavelength[below], wavelength[above], wavelength[band])

    @property
    def outside(self) -> Bool[np.ndarray, " n"]:
        """Whether all observed bands lie on one side of the entry."""
        return self.below == self.above

    @property
    def gap(self) -> Float[np.ndarray, " n"]:
        """Distance between the two neighbours [nm]; to the only one where there is one."""
        return np.where(self.outside, np.abs(self.here - self.left), self.right - self.left)

    def interpolate(
        self, values: Shaped[np.ndarray, "band pixel"], pixel: Int[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """Return the straight line between the neighbours; the edge value is held outside."""
        low = values[self.below, pixel].astype(np.float64)
        high = values[self.above, pixel].astype(np.float64)
        return low + self._fraction() * (high - low)

    def bridge(self) -> Float[np.ndarray, " n"]:
        """Return the variance of a unit Wiener process pinned at the neighbours [nm].

        ``(l - a)(b - l) / (b - a)`` between neighbours at ``a`` and ``b``, and the distance to
        the only neighbour outside.
        """
        inside = self._fraction() * (self.right - self.here)
        return np.where(self.outside, np.abs(self.here - self.left), inside)

    def _fraction(self) -> Float[np.ndarray, " n"]:
        width = self.right - self.left
        # Two detectors may see one wavelength: a gap of no width is met half-way.
        return np.divide(
            self.here - self.left, width, out=np.full(width.shape, 0.5), where=width > 0
        )


def _nearest_before(mask: Bool[np.ndarray, "band pixel"]) -> Int[np.ndarray, "band pixel"]:
    """Return the last observed position at or before each entry, -1 where there is none."""
    index = np.arange(len(mask), dtype=np.int16)[:, np.newaxis]
    return np.maximum.accumulate(np.where(mask, index, np.int16(-1)), axis=0)


def _shifted(positions: Int[np.ndarray, "band pixel"], fill: int) -> Int[np.ndarray, "band pixel"]:
    """Return the answers of the entry before, so that no entry is its own neighbour."""
    return np.concatenate([np.full_like(positions[:1], fill), positions[:-1]])
