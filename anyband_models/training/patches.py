"""Patches of scenes: where they are cut, and how they are turned."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.training.imagery import Part


def corners(rows: int, cols: int, size: int, stride: int) -> list[tuple[int, int]]:
    """Return where patches begin: every stride, and once more at the far edges."""
    return [(y, x) for y in _starts(rows, size, stride) for x in _starts(cols, size, stride)]


def _starts(length: int, size: int, stride: int) -> list[int]:
    last = max(length - size, 0)
    return [*range(0, last, stride), last]


class Patches:
    """The patches of a part of a scene, normalised, turned and mirrored at random.

    Args:
        part: read a patch at a time.
        normalisation: of its values.
        size: rows and columns of a patch; of a smaller part all is taken.
        stride: from patch to patch.
    """

    def __init__(self, part: Part, normalisation: Normalisation, size: int, stride: int) -> None:
        self.part, self.normalisation, self.size = part, normalisation, size
        self.corners = corners(*part.shape[1:], size, stride)

    def __len__(self) -> int:
        return len(self.corners)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each patch."""
        rows, cols = self.part.shape[1:]
        return min(rows, self.size), min(cols, self.size)

    def draw(self, rng: np.random.Generator) -> Float[Tensor, "band row col"]:
        """Return one of the patches, in one of eight orientations."""
        y, x = self.corners[rng.integers(len(self.corners))]
        values = self.part.values(slice(y, y + self.size), slice(x, x + self.size))
        patch = self.normalisation.forward(torch.from_numpy(values))
        if rng.random() < 0.5:
            patch = patch.flip(-1)
        turns = int(rng.integers(4))
        square = patch.shape[-1] == patch.shape[-2]
        return torch.rot90(patch, turns if square else 2 * (turns // 2), (-2, -1))
