"""How wide a standard deviation has to be for nine in ten errors to lie where they should."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

# Of the interval that holds 90 % of a normal distribution, in standard deviations.
HALF_WIDTH_90 = 1.6448536269514722
HOLDS = 0.9


def spread_of(scores: Sequence[Float[np.ndarray, "..."]], independent: float = np.inf) -> float:
    """Return by what standard deviations are to be multiplied so that they hold nine tenths.

    Args:
        scores: absolute errors in standard deviations, at least one in all.
        independent: how many of them are not alike: from nine on the width is that which the next
            one, not these, is within nine times in ten; of fewer it is the largest of them.

    Source: Vovk et al., *Algorithmic learning in a random world*, 2005: the rank ``0.9 (n + 1)``.
    """
    every = np.concatenate([each.ravel() for each in scores])
    share = min(HOLDS * (1 + 1 / independent), 1.0)
    return float(np.quantile(every, share)) / HALF_WIDTH_90
