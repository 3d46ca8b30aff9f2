"""Noise that depends on (seed, sample, step, pixel) alone, not on how an image is cut."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor


def normal(
    seed: int, sample: int, step: int, shape: tuple[int, ...], rows: slice, cols: slice
) -> Float[Tensor, "band row col"]:
    """Return standard normal numbers for a part of an image ``(band, y, x)``.

    Each row of the image has a counter of its own: a tile's rows are had without the others.

    Source: Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
    """
    bands, _, width = shape
    found = np.empty((bands, rows.stop - rows.start, cols.stop - cols.start), dtype=np.float32)
    for number, row in enumerate(range(rows.start, rows.stop)):
        key = np.array([seed, sample * 2**20 + step], dtype=np.uint64)
        # Not where `models.noise` starts: its keys look like these.
        counter = np.array([0, 0, row, 1], dtype=np.uint64)
        generator = np.random.Generator(np.random.Philox(key=key, counter=counter))
        line = generator.standard_normal((width, bands), dtype=np.float32)
        found[:, number] = line[cols].T
    return torch.from_numpy(found)
