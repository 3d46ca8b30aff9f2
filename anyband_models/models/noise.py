"""Random numbers that depend on (seed, sample, pixel) alone, not on the order of the work."""

import numpy as np
from jaxtyping import Float


def standard_normal(
    seed: int, sample: int, bands: int, pixels: int
) -> Float[np.ndarray, "band pixel"]:
    """Return independent standard normal numbers, the same for a pixel however many there are.

    Philox is a counter-based generator; one 64-bit word an entry, pixel by pixel, and the
    inverse of the normal distribution keep entry and counter in step.

    Source: Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
    """
    from scipy.special import ndtri

    generator = np.random.Generator(np.random.Philox(key=[seed, sample]))
    words = generator.integers(0, 2**64, size=(pixels, bands), dtype=np.uint64)
    # The centre of one of 2^53 equal cells: never 0 and never 1.
    return ndtri(((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53).T
