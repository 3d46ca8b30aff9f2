"""A large picture made small: the mean of each block of pixels."""

import numpy as np
from jaxtyping import Float, Float64

LONGEST = 400  # pixels on the longer side of a picture in the page


def shrink_factor(height: int, width: int) -> int:
    """Return how many pixels on a side make one pixel of the picture."""
    return max(1, -(-max(height, width) // LONGEST))


def shrink(
    image: Float[np.ndarray, "y x *channel"], factor: int
) -> Float64[np.ndarray, "rows columns *channel"]:
    """Return the mean of the finite values of each ``factor x factor`` block; NaN if it has none.

    Blocks at the lower and the right edge may be cut short by the end of the image.
    """
    height, width = image.shape[:2]
    rows, columns = -(-height // factor), -(-width // factor)
    padded = np.full((rows * factor, columns * factor, *image.shape[2:]), np.nan)
    padded[:height, :width] = image
    blocks = padded.reshape(rows, factor, columns, factor, *image.shape[2:])
    return finite_mean(blocks, axis=(1, 3))


def finite_mean(
    values: Float[np.ndarray, "*shape"], axis: tuple[int, ...]
) -> Float64[np.ndarray, "*rest"]:
    """Return the mean of the finite values along ``axis``; NaN where there are none."""
    finite = np.isfinite(values)
    count = finite.sum(axis=axis)
    total = np.where(finite, values, 0).sum(axis=axis, dtype=np.float64)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)
