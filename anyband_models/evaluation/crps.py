"""The continuous ranked probability score: how far a forecast's distribution lies from the truth.

It has the unit of the truth, is 0 for a certain and right forecast, and becomes the absolute error
where the forecast is a single number. Of all distributions, the one that the truth comes from has
the least expected score, so that neither too much nor too little spread pays.

Source: Gneiting and Raftery, Strictly proper scoring rules, prediction, and estimation, 2007,
section 4.2.
"""

import numpy as np
from jaxtyping import Float

from anyband_models.errors import UsageError


def gaussian_crps(
    truth: Float[np.ndarray, "*entry"],
    mean: Float[np.ndarray, "*entry"],
    std: Float[np.ndarray, "*entry"],
) -> Float[np.ndarray, "*entry"]:
    """Return the score of normal distributions, entry by entry [unit of the truth].

    Args:
        truth: what is so.
        mean: of the forecast.
        std: of the forecast; 0 makes the score the absolute error. NaN gives NaN.

    Source: Gneiting et al., Calibrated probabilistic forecasting using ensemble model output
    statistics and minimum CRPS estimation, 2005, its closed form for a normal distribution.
    """
    from scipy.special import ndtr

    error = np.abs(np.subtract(truth, mean, dtype=np.float64))
    spread = std.astype(np.float64)
    certain = spread == 0
    z = np.divide(error, spread, out=np.zeros_like(error), where=~certain)
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    score = error * (2 * ndtr(z) - 1) + spread * (2 * density - 1 / np.sqrt(np.pi))
    return np.where(certain, error, score)


def ensemble_crps(
    truth: Float[np.ndarray, "*entry"], samples: Float[np.ndarray, "sample *entry"]
) -> Float[np.ndarray, "*entry"]:
    """Return the fair score of samples, entry by entry [unit of the truth].

    Fair: its expectation is the score of the distribution that the samples are drawn from, however
    few they are; so it may be below zero. Sorting makes it O(m log m) of m samples.

    Args:
        truth: what is so.
        samples: two or more draws. NaN among them gives NaN.

    Raises:
        UsageError: if there are fewer than two.

    Source: Ferro, Fair scores for ensemble forecasts, 2014; Jordan, Krüger and Lerch,
    Evaluating probabilistic forecasts with scoringRules, 2019, for the sorted form.

    >>> ensemble_crps(np.array([2.0]), np.array([[1.0], [4.0]]))  # (1 + 2) / 2 - 3 / 2
    array([0.])
    """
    count = len(samples)
    if count < 2:
        raise UsageError(f"the fair CRPS was given {count} samples and needs 2 or more; draw more")
    ordered = np.sort(samples.astype(np.float64), axis=0)
    away = np.abs(ordered - truth).mean(axis=0)
    # Sample i of the sorted ones is the larger of i pairs and the smaller of count - 1 - i.
    weight = (2 * np.arange(count) - (count - 1)) / (count * (count - 1))
    return away - np.tensordot(weight, ordered, axes=1)
