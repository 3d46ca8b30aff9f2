"""Some of many pixels, to learn from."""

import numpy as np
from jaxtyping import Int


def some(count: int, most: int) -> Int[np.ndarray, " chosen"]:
    """Return so many of a number of pixels, drawn at random and the same each time, ascending.

    Not every so-many-th: that may be the same few columns of an image over and over, and what is
    missing is often missing in columns.

    >>> some(3, 5).tolist(), len(some(1000, 10))
    ([0, 1, 2], 10)
    """
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, size=most, replace=False))
