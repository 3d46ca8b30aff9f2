"""How wide a standard deviation has to be for nine in ten errors to lie where they should."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

# Of the interval that holds 90 % of a normal distribution, in standard deviations.
HALF_WIDTH_90 = 1.6448536269514722


def spread_of(scores: Sequence[Float[np.ndarray, "..."]]) -> float:
    """Return by what standard deviations are to be multiplied so that they hold nine tenths.

    Args:
        scores: absolute errors in standard deviations, at least one in all.
    """
    every = np.concatenate([each.ravel() for each in scores])
    return float(np.quantile(every, 0.9)) / HALF_WIDTH_90
