"""Wavelengths that a spectrum lacks, as spectra of its kind that have them all suggest."""

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.training.data.grid import GRID, Spectra, patterns

# How far two spectra of one material differ anyway [1]: what a fit needs not follow.
_NOISE = 0.004


def completed(
    spectra: Spectra, donors: Spectra, wavelength: Float[np.ndarray, " wavelength"] = GRID
) -> Spectra:
    """Fill what is NaN with its mean, given what is known, under a Gaussian fitted to donors.

    Across the 1400 and 1900 nm bands of water, which field instruments cannot see, a straight line
    would teach that there is no water. How much the fit is off at the known wavelengths on both
    sides is spread linearly over the gap (beyond the last, kept), so that there is no step.

    Args:
        spectra: reflectance [1], NaN where not known.
        donors: spectra of the same kind without NaN.
        wavelength: of both [nm].

    Source: Anderson, An Introduction to Multivariate Statistical Analysis, 3rd edition, 2003,
    theorem 2.5.1.
    """
    filled = spectra.copy()
    mean, covariance = donors.mean(axis=0), np.cov(donors.T)
    for known, rows in patterns(np.isfinite(spectra)):
        if known.any() and not known.all():
            fit = _fit(spectra[rows][:, known], known, mean, covariance)
            off = spectra[rows][:, known] - fit[:, known]
            at, places = wavelength[~known], wavelength[known]
            spread = np.array([np.interp(at, places, row) for row in off])
            filled[np.ix_(rows, ~known)] = fit[:, ~known] + spread
    return filled


def _fit(
    values: Float[np.ndarray, "spectrum known"],
    known: Bool[np.ndarray, " wavelength"],
    mean: Float[np.ndarray, " wavelength"],
    covariance: Float[np.ndarray, "wavelength wavelength"],
) -> Spectra:
    """Return the mean at all wavelengths of what is free of noise, given noisy values at some."""
    noisy = covariance[np.ix_(known, known)] + _NOISE**2 * np.eye(int(known.sum()))
    gain = np.linalg.solve(noisy, covariance[known])
    return mean + (values - mean[known]) @ gain
