"""How good a scene is: sizes of what is wrong with it, drawn so that they go together."""

import math
from typing import NamedTuple

import numpy as np

Span = tuple[float, float]


class Amplitudes(NamedTuple):
    """Draws sizes between what a clean scene has and what a bad one has.

    Attributes:
        rng: draws.
        badness: of the scene, from 0 to 1: half of each size's place in its span, on a
            logarithmic scale; the other half is its own.
    """

    rng: np.random.Generator
    badness: float

    def size(self, span: Span) -> float:
        """Return a size within a span of two positive numbers."""
        low, high = (math.log(end) for end in span)
        return math.exp(low + (high - low) * 0.5 * (self.badness + self.rng.random()))

    def often(self, share: float) -> bool:
        """Return True so often."""
        return bool(self.rng.random() < share)
