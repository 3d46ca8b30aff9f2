"""Mean and covariance of spectra of which each lacks some channels."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

# How far a channel may be from what the others say of it [reflectance]; without it the least
# differences between channels, which are noise, decide on what is missing.
NOISE = 0.01
STEPS = 100


class Moments(NamedTuple):
    """Mean and covariance."""

    mean: Float[np.ndarray, " channel"]
    covariance: Float[np.ndarray, "channel channel"]


def moments(spectra: Float[np.ndarray, "spectrum channel"]) -> Moments:
    """Return the most likely mean and covariance of normal spectra; NaN is what is missing.

    To leave out the spectra that lack a channel would leave out all that were measured outdoors;
    to correlate each two channels over those that have both gives what is no covariance.

    Args:
        spectra: with each channel known in some.

    Source: Little & Rubin, Statistical Analysis with Missing Data, 2002, section 11.2 (the EM
    algorithm).
    """
    known = np.isfinite(spectra)
    mean = np.nanmean(spectra, axis=0)
    covariance = np.cov(np.where(known, spectra, mean).T, bias=True)
    patterns, pattern_of = np.unique(known, axis=0, return_inverse=True)
    groups = [(there, pattern_of.ravel() == i) for i, there in enumerate(patterns)]
    if known.all():
        return Moments(mean, covariance)
    estimate = Moments(mean, covariance)
    for _ in range(STEPS):
        estimate = _step(spectra, groups, estimate)
    return estimate


def _step(
    spectra: np.ndarray, groups: list[tuple[np.ndarray, np.ndarray]], last: Moments
) -> Moments:
    """Fill what is missing as it is expected, and take the moments with its variance."""
    filled, unexplained = spectra.copy(), np.zeros_like(last.covariance)
    for there, rows in groups:
        lacking = ~there
        among = last.covariance[np.ix_(there, there)] + NOISE**2 * np.eye(there.sum())
        across = last.covariance[np.ix_(there, lacking)]
        slope = np.linalg.solve(among, across)
        apart = spectra[np.ix_(rows, there)] - last.mean[there]
        filled[np.ix_(rows, lacking)] = last.mean[lacking] + apart @ slope
        left = last.covariance[np.ix_(lacking, lacking)] - across.T @ slope
        unexplained[np.ix_(lacking, lacking)] += rows.sum() * left
    mean = filled.mean(axis=0)
    apart = filled - mean
    return Moments(mean, (apart.T @ apart + unexplained) / len(spectra))
