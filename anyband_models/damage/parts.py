"""Whether bands are missing whole, or in parts."""

import numpy as np
from jaxtyping import Bool


def in_parts(observed: Bool[np.ndarray, "band y x"]) -> bool:
    """Return whether most of what is missing is missing in bands that other pixels have.

    >>> in_parts(np.array([[[True, False]], [[True, True]]]))
    True
    >>> in_parts(np.array([[[False, False]], [[True, True]]]))
    False
    """
    partly = observed.any(axis=(1, 2)) & ~observed.all(axis=(1, 2))
    missing = np.count_nonzero(~observed, axis=(1, 2))
    return 2 * int(missing[partly].sum()) > int(missing.sum())
