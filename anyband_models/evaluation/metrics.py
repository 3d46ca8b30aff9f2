"""How far an estimate lies from the truth, counted only where it is asked for.

Every metric takes the truth, the estimate and ``where``, the entries to score, as arrays
(band, y, x), and counts in float64. What stands outside ``where`` is never looked at, NaN
included. Nothing to score gives NaN; an estimate that is NaN where it is scored gives NaN.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int


def rmse(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
) -> float:
    """Return the root mean square error over all scored entries [unit of the truth]."""
    squares, counts = _squared_errors(truth, estimate, where)
    return float(np.sqrt(squares.sum() / counts.sum())) if counts.any() else np.nan


def psnr(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
    peak: float,
) -> float:
    """Return the peak signal-to-noise ratio [dB], ``20 log10(peak / rmse)``.

    A perfect estimate has infinite PSNR.

    Args:
        truth: what is so.
        estimate: what is scored.
        where: True = scored.
        peak: the data range [unit of the truth]; NaN comes back unless it is positive.
    """
    return _decibels(rmse(truth, estimate, where), peak)


def mpsnr(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
    peak: float,
) -> float:
    """Return the mean of the bands' PSNRs [dB], over the bands that have scored entries.

    All bands share one ``peak`` [unit of the truth]. Perfect bands count as
    `mean_decibels` says.
    """
    squares, counts = _squared_errors(truth, estimate, where)
    scored = counts > 0
    errors = np.sqrt(squares[scored] / counts[scored])
    return mean_decibels([_decibels(float(error), peak) for error in errors])


def mean_decibels(values: Sequence[float]) -> float:
    """Return the mean of PSNRs [dB]; NaN if there are none.

    An infinite one, of a perfect estimate, is left out beside finite ones: it would swallow
    them. The mean can only be too low for it. If all are infinite, so is the mean.

    >>> mean_decibels([30.0, 50.0, float("inf")])
    40.0
    """
    finite = [value for value in values if value != np.inf]
    if finite:
        return float(np.mean(finite))
    return np.inf if values else np.nan


def ergas(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
    ratio: float = 1.0,
) -> float:
    """Return the relative global error of synthesis [1].

    ``100 / ratio x sqrt(mean over bands of (rmse_b / mean_b)^2)``. A band whose true mean is
    zero, as where all of it is zero, has no relative error and is left out.

    Args:
        truth: what is so.
        estimate: what is scored.
        where: True = scored.
        ratio: how many times coarser the source's pixels were; 1 where only bands are repaired.

    Source: Wald, Quality of high resolution synthesised images: is there a simple criterion?,
    2000, with the reciprocal of its h / l for ``ratio``.
    """
    squares, counts = _squared_errors(truth, estimate, where)
    planes = zip(truth, where, strict=True)
    sums = np.array([np.sum(_scored(*plane), dtype=np.float64) for plane in planes])
    used = (counts > 0) & (sums != 0)
    if not used.any():
        return np.nan
    squares, counts, means = squares[used], counts[used], sums[used] / counts[used]
    return float(100 / ratio * np.sqrt(np.mean(squares / counts / means**2)))


def sam(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
) -> float:
    """Return the mean angle between the spectra of the scored pixels [rad], from 0 to π.

    A pixel's angle counts the bands in which it is scored. It is 0 if both spectra are zero
    there, and π/2 if only one is.

    The angle has Kahan's form, ``2 atan2(|t - e|, |t + e|)`` of the unit spectra: ``arccos``
    loses angles below 1e-8, and gives a perfect estimate one above zero.

    Source: Kruse et al., The spectral image processing system (SIPS), 1993; Kahan, How futile
    are mindless assessments of roundoff in floating-point computation?, 2006, section 12.
    """
    pixels = where.any(axis=0)
    return float(_angles(truth, estimate, where)[pixels].mean()) if pixels.any() else np.nan


def _angles(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
) -> Float[np.ndarray, "y x"]:
    per_truth, per_estimate = _reciprocal_length(truth, where), _reciprocal_length(estimate, where)
    apart, along = np.zeros(where.shape[1:]), np.zeros(where.shape[1:])
    for true, guess, here in zip(truth, estimate, where, strict=True):
        unit_true = _scored(true, here) * per_truth
        unit_guess = _scored(guess, here) * per_estimate
        apart += (unit_true - unit_guess) ** 2
        along += (unit_true + unit_guess) ** 2
    return 2 * np.arctan2(np.sqrt(apart), np.sqrt(along))


def _reciprocal_length(
    spectra: Float[np.ndarray, "band y x"], where: Bool[np.ndarray, "band y x"]
) -> Float[np.ndarray, "y x"]:
    """Return one over each spectrum's length; 0 for a spectrum that is zero."""
    squares = np.zeros(where.shape[1:])
    for plane, here in zip(spectra, where, strict=True):
        squares += _scored(plane, here).astype(np.float64) ** 2
    length = np.sqrt(squares)
    return np.divide(1, length, out=np.zeros_like(length), where=length != 0)


def _squared_errors(
    truth: Float[np.ndarray, "band y x"],
    estimate: Float[np.ndarray, "band y x"],
    where: Bool[np.ndarray, "band y x"],
) -> tuple[Float[np.ndarray, " band"], Int[np.ndarray, " band"]]:
    """Return each band's sum of squared errors, and how many entries it is of."""
    planes = zip(truth, estimate, where, strict=True)
    squares = [_squared_error(*plane) for plane in planes]
    return np.array(squares, dtype=np.float64), np.count_nonzero(where, axis=(1, 2))


def _squared_error(
    truth: Float[np.ndarray, "y x"],
    estimate: Float[np.ndarray, "y x"],
    where: Bool[np.ndarray, "y x"],
) -> float:
    error = np.subtract(_scored(estimate, where), _scored(truth, where), dtype=np.float64)
    return float(np.sum(error * error))


def _scored(
    plane: Float[np.ndarray, "y x"], where: Bool[np.ndarray, "y x"]
) -> Float[np.ndarray, "y x"]:
    return np.where(where, plane, 0)


def _decibels(error: float, peak: float) -> float:
    if np.isnan(error) or not peak > 0:
        return np.nan
    with np.errstate(divide="ignore"):  # a perfect estimate: infinite, and rightly so
        return float(20 * np.log10(np.float64(peak) / error))
