"""The curve that a band responds with: measured samples, or a Gaussian of a centre and a width.

Three numbers describe a curve, and they differ:

centroid
    the mean wavelength, ``∫ λ S dλ / ∫ S dλ``; a spectrum that is a straight line has there the
    value that the band gives.
midpoint
    half way between the two outermost places where ``S`` is half its peak.
fwhm
    the distance between these two places, the full width at half maximum.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np
from jaxtyping import Float

from srf_library.quadrature import gauss_points

if TYPE_CHECKING:
    from scipy.interpolate import PchipInterpolator


Samples = Float[np.ndarray, " sample"]


def trimmed(
    wavelength: Samples, response: Samples
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, " kept"]]:
    """Keep the samples from the first to the last that is not zero, and one zero on each side."""
    responding = np.flatnonzero(response)
    part = slice(max(responding[0] - 1, 0), responding[-1] + 2)
    return wavelength[part], response[part]


class Profile(ABC):
    """A relative spectral response with peak 1, as a function of wavelength."""

    @abstractmethod
    def __call__(self, wavelength: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        """Return the response [1] at wavelengths [nm]; zero outside the support."""

    @property
    @abstractmethod
    def knots(self) -> Float[np.ndarray, " knot"]:
        """Wavelengths [nm] between which the curve is smooth; the outer ones bound its support."""

    @property
    @abstractmethod
    def half_maxima(self) -> tuple[float, float]:
        """The outermost wavelengths [nm] at which the response is half its peak."""

    @property
    @abstractmethod
    def fwhm(self) -> float:
        """The distance between the half maxima [nm]."""

    @property
    @abstractmethod
    def centroid(self) -> float:
        """The mean wavelength [nm]."""

    @abstractmethod
    def shifted(self, by: float) -> "Profile":
        """Return the same curve, moved by so many nm."""


@final
@dataclass(frozen=True, eq=False)
class Sampled(Profile):
    """A measured curve: between its samples it runs as the monotone cubic through them.

    That curve (PCHIP) neither overshoots nor turns negative, however coarse or irregular the
    samples are, which a cubic spline does.

    Attributes:
        wavelength: where it was sampled [nm], strictly increasing.
        response: the samples [1], from 0 to their peak 1.

    Source: Fritsch & Butland, A method for constructing local monotone piecewise cubic
    interpolants, SIAM J. Sci. Stat. Comput. 5 (1984) 300-304.
    """

    wavelength: Float[np.ndarray, " sample"]
    response: Float[np.ndarray, " sample"]

    @cached_property
    def _curve(self) -> "PchipInterpolator":
        from scipy.interpolate import PchipInterpolator

        return PchipInterpolator(self.wavelength, self.response, extrapolate=False)

    def __call__(self, wavelength: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        """Return the response [1] at wavelengths [nm]; zero outside the support."""
        return np.nan_to_num(self._curve(wavelength), nan=0.0)

    @property
    def knots(self) -> Float[np.ndarray, " knot"]:
        """The samples' wavelengths [nm]."""
        return self.wavelength

    @cached_property
    def half_maxima(self) -> tuple[float, float]:
        """The outermost wavelengths [nm] at half the peak; the table's end if it stops above."""
        high = np.flatnonzero(self.response >= 0.5)
        first, last = int(high[0]), int(high[-1])
        return self._crossing(first - 1, first), self._crossing(last, last + 1)

    def _crossing(self, left: int, right: int) -> float:
        from scipy.optimize import brentq

        if left < 0 or right == len(self.wavelength):
            return float(self.wavelength[max(left, 0)])
        ends = self.wavelength[left], self.wavelength[right]
        return float(brentq(lambda nm: float(self._curve(nm)) - 0.5, *ends))

    @property
    def fwhm(self) -> float:
        """The distance between the half maxima [nm]."""
        low, high = self.half_maxima
        return high - low

    @cached_property
    def centroid(self) -> float:
        """The mean wavelength [nm]."""
        points, weights = gauss_points(self.wavelength)
        mass = weights * self(points)
        return float(points @ mass / mass.sum())

    def shifted(self, by: float) -> "Sampled":
        """Return the same curve, moved by so many nm."""
        return Sampled(self.wavelength + by, self.response)


@final
@dataclass(frozen=True)
class Gaussian(Profile):
    """A Gaussian, cut off two widths from its centre, where it is 1.5e-5.

    Attributes:
        centre: its centroid and its midpoint [nm].
        width: its full width at half maximum [nm].
    """

    centre: float
    width: float

    def __call__(self, wavelength: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        """Return the response [1] at wavelengths [nm]; zero outside the support."""
        widths = (wavelength - self.centre) / self.width
        return np.where(np.abs(widths) <= 2, np.exp(-4 * np.log(2) * widths**2), 0.0)

    @property
    def knots(self) -> Float[np.ndarray, " knot"]:
        """Places [nm] an eighth of the width apart, close enough to integrate it to 1e-9."""
        return self.centre + self.width * np.linspace(-2, 2, 33)

    @property
    def half_maxima(self) -> tuple[float, float]:
        """The wavelengths [nm] at which the response is half its peak."""
        return self.centre - self.width / 2, self.centre + self.width / 2

    @property
    def fwhm(self) -> float:
        """The distance between the half maxima [nm]."""
        return self.width

    @property
    def centroid(self) -> float:
        """The mean wavelength [nm]."""
        return self.centre

    def shifted(self, by: float) -> "Gaussian":
        """Return the same curve, moved by so many nm."""
        return Gaussian(self.centre + by, self.width)
