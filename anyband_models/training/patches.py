"""Patches of scenes: where they are cut, and which part of a scene may be seen."""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

Region = Literal["all", "left"]


def region_of(values: Float32[np.ndarray, "band y x"], region: Region) -> np.ndarray:
    """Return the columns that may be trained on: all, or the left half."""
    return values[:, :, : values.shape[2] // 2] if region == "left" else values


def corners(rows: int, cols: int, size: int, stride: int) -> list[tuple[int, int]]:
    """Return where patches begin: every stride, and once more at the far edges."""
    return [(y, x) for y in _starts(rows, size, stride) for x in _starts(cols, size, stride)]


def _starts(length: int, size: int, stride: int) -> list[int]:
    last = max(length - size, 0)
    return [*range(0, last, stride), last]


class Patches:
    """The patches of a scene's region, turned and mirrored at random.

    Args:
        values: of the region, normalised; NaN = no data.
        size: rows and columns of a patch; of a smaller region all is taken.
        stride: from patch to patch.
    """

    def __init__(self, values: Float[Tensor, "band y x"], size: int, stride: int) -> None:
        self.values, self.size = values, size
        self.corners = corners(values.shape[1], values.shape[2], size, stride)

    def __len__(self) -> int:
        return len(self.corners)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each patch."""
        rows, cols = self.values.shape[1:]
        return min(rows, self.size), min(cols, self.size)

    def draw(self, rng: np.random.Generator) -> Float[Tensor, "band row col"]:
        """Return one of the patches, in one of eight orientations."""
        y, x = self.corners[rng.integers(len(self.corners))]
        patch = self.values[:, y : y + self.size, x : x + self.size]
        if rng.random() < 0.5:
            patch = patch.flip(-1)
        turns = int(rng.integers(4))
        square = patch.shape[-1] == patch.shape[-2]
        return torch.rot90(patch, turns if square else 2 * (turns // 2), (-2, -1))
