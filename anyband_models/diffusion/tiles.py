"""An image in tiles that overlap, and back: each tile fades out towards its neighbours."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Tile(NamedTuple):
    """A part of an image.

    Attributes:
        rows, cols: where it lies.
        weight: how much each of its pixels counts where tiles overlap.
    """

    rows: slice
    cols: slice
    weight: Float[Tensor, "row col"]


def tiles(rows: int, cols: int, size: int, overlap: int) -> Iterator[Tile]:
    """Yield tiles that cover an image.

    Args:
        rows: of the image.
        cols: of the image.
        size: rows and columns of a tile; of a smaller image there is one.
        overlap: pixels that neighbours share, less than the size.
    """
    for row in _spans(rows, size, overlap):
        for col in _spans(cols, size, overlap):
            fade = _fade(row.stop - row.start, overlap), _fade(col.stop - col.start, overlap)
            yield Tile(row, col, torch.outer(*fade))


def _spans(length: int, size: int, overlap: int) -> list[slice]:
    if length <= size:
        return [slice(0, length)]
    starts = [*range(0, length - size, size - overlap), length - size]
    return [slice(start, start + size) for start in starts]


def _fade(length: int, overlap: int) -> Float[Tensor, " pixel"]:
    at = torch.arange(length, dtype=torch.float32) + 1
    edge = torch.minimum(at, at.flip(0))
    return (edge / (overlap + 1)).clamp(max=1)
