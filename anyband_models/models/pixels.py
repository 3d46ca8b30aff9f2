"""A cube seen as a list of pixels, and pixels sorted by which of their bands are observed."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int, Shaped


def as_pixels(cube: Shaped[np.ndarray, "band y x"]) -> Shaped[np.ndarray, "band pixel"]:
    """Return the cube with its two spatial axes as one; no copy where none is needed."""
    return cube.reshape(cube.shape[0], -1)


def by_pattern(
    mask: Bool[np.ndarray, "band pixel"],
) -> Iterator[tuple[Bool[np.ndarray, " band"], Int[np.ndarray, " n"]]]:
    """Yield each distinct column of ``mask`` with the pixels that have it, in ascending order."""
    if mask.shape[1] == 0:
        return
    packed = np.ascontiguousarray(np.packbits(mask, axis=0).T)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group))
    for start, end, example in zip(ends - np.bincount(group), ends, first, strict=True):
        yield mask[:, example], order[start:end]
