"""How alike two images look, window by window and band by band.

A window is a Gaussian of 11 x 11 pixels with standard deviation 1.5 [pixel]; along an axis
shorter than 11 pixels it has the largest odd number of pixels that fits. A window counts if
every pixel under it is scored. A band's similarity is the mean of its windows, an image's the
mean of its bands; a band without a window that counts is left out, and without any band the
similarity is NaN.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

SIGMA = 1.5
RADIUS = 5
K1, K2 = 0.01, 0.03
FLAT = 1e-12  # of the mean square: below it, a window's variance is rounding


def ssim(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
    peak: float,
) -> float:
    """Return the structural similarity [1]; 1 for a perfect estimate.

    A window over the image's edge sees the image mirrored there.

    Args:
        truth: what is so.
        estimate: what is scored.
        where: True = scored.
        peak: the data range [unit of the truth]; NaN comes back unless it is positive.

    Source: Wang et al., Image quality assessment: from error visibility to structural
    similarity, 2004, Eq. 13.
    """
    if not peak > 0:
        return np.nan
    c1, c2 = (K1 * peak) ** 2, (K2 * peak) ** 2
    means = []
    for true, guess, here in zip(truth, estimate, where, strict=True):
        if (counted := _counted_windows(here, over_edge=True)).any():
            m = _moments(np.where(here, true, 0), np.where(here, guess, 0))
            alike = (m.product + c1) * (m.covariance + c2)
            means.append(np.mean((alike / (m.energy + c1) / (m.variance + c2))[counted]))
    return float(np.mean(means)) if means else np.nan


def uqi(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
) -> float:
    """Return the universal image quality index [1]; 1 for a perfect estimate.

    Only windows that lie wholly in the image count. A window that is flat in both images has
    only its brightness compared, and one that is zero in both scores 1.

    Source: Wang and Bovik, A universal image quality index, 2002, Eq. 2, with the Gaussian
    window of their later work.
    """
    means = []
    for true, guess, here in zip(truth, estimate, where, strict=True):
        if (counted := _counted_windows(here, over_edge=False)).any():
            m = _moments(np.where(here, true, 0), np.where(here, guess, 0))
            means.append(np.mean(_quality(m)[counted]))
    return float(np.mean(means)) if means else np.nan


class _Moments(NamedTuple):
    """Of the truth t and the estimate e, in the window round each pixel."""

    product: Float[np.ndarray, "y x"]
    """Twice the product of the means."""
    energy: Float[np.ndarray, "y x"]
    """The sum of the squared means."""
    covariance: Float[np.ndarray, "y x"]
    """Twice the covariance."""
    variance: Float[np.ndarray, "y x"]
    """The sum of the variances."""


def _moments(truth: Float[np.ndarray, "y x"], estimate: Float[np.ndarray, "y x"]) -> _Moments:
    t, e = truth.astype(np.float64), estimate.astype(np.float64)
    mean_t, mean_e = _smooth(t), _smooth(e)
    product, energy = 2 * mean_t * mean_e, mean_t**2 + mean_e**2
    covariance = 2 * _smooth(t * e) - product
    return _Moments(product, energy, covariance, np.maximum(_smooth(t**2 + e**2) - energy, 0))


def _quality(m: _Moments) -> Float[np.ndarray, "y x"]:
    brightness = np.divide(m.product, m.energy, out=np.ones_like(m.energy), where=m.energy != 0)
    rough = m.variance > FLAT * m.energy
    return brightness * np.divide(
        m.covariance, m.variance, out=np.ones_like(m.variance), where=rough
    )


def _smooth(image: Float[np.ndarray, "y x"]) -> Float[np.ndarray, "y x"]:
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(image, SIGMA, radius=_radii(image.shape), mode="mirror")


def _counted_windows(where: Bool[np.ndarray, "y x"], over_edge: bool) -> Bool[np.ndarray, "y x"]:
    """Return the centres of the windows that count; the mirrored image adds no new pixels."""
    from scipy.ndimage import minimum_filter

    size = [2 * radius + 1 for radius in _radii(where.shape)]
    return minimum_filter(where, size, mode="constant", cval=over_edge)


def _radii(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(min(RADIUS, (length - 1) // 2) for length in shape)
