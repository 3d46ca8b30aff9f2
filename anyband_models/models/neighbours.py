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

from anyband_models.scene.pixels import distinct


@dataclass(frozen=True, eq=False)
class Neighbours:
    """For each of ``n`` entries, the nearest observed entries below and above it in wavelength.

    Attributes:
        below, above: band indices; the same on both sides where an entry lies outside all
            observed bands.
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
            mask: True = observed. Every pixel named in ``entries`` needs an observed entry other
                than the entry itself.
            wavelength: band centres, in any order [nm].
            entries: indices of the entries.
        """
        band, pixel = entries
        order = np.argsort(wavelength, kind="stable")
        place = np.argsort(order, kind="stable")  # of each band along the sorted axis
        patterns, group = distinct(mask)
        below, above = _around(patterns[order])
        here = place[band], group[pixel]
        low, high = order[below[here]], order[above[here]]
        return cls(low, high, wavelength[low], wavelength[high], wavelength[band])

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


def _around(
    mask: Bool[np.ndarray, "band pattern"],
) -> tuple[Int[np.ndarray, "band pattern"], Int[np.ndarray, "band pattern"]]:
    """Return the last observed position before each entry, and the first after it.

    Where there is none on one side, that of the other side stands for it.
    """
    last = len(mask) - 1
    below, above = _before(mask), last - _before(mask[::-1])[::-1]
    return np.where(below < 0, above, below), np.where(above > last, below, above)


def _before(mask: Bool[np.ndarray, "band pattern"]) -> Int[np.ndarray, "band pattern"]:
    """Return the last observed position before each entry, -1 where there is none."""
    index = np.arange(len(mask))[:, np.newaxis]
    nearest = np.maximum.accumulate(np.where(mask, index, -1), axis=0)
    return np.concatenate([np.full_like(nearest[:1], -1), nearest[:-1]])
