"""Entries sorted by how far away their observed neighbours are, and a table of errors by that."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from anyband_models.diffusion.interpolation import Line

# Edges of the distances that are told apart [nm].
_EDGES = torch.logspace(0.3, 2.9, 18, dtype=torch.float64)
INSIDE = len(_EDGES) + 1
"""Cells of entries between two observed bands; those beside one alone follow them."""
ALONE = 2 * INSIDE
"""The cell of an entry whose pixel has no observed band."""
CELLS = ALONE + 1
# Edges of the numbers of observed bands of a pixel that are told apart.
_COUNTS = torch.tensor([3, 5, 9, 17, 33, 65])
COMPANIES = len(_COUNTS) + 1
"""Kinds of pixels, by how many of their bands are observed."""
# A table's cell counts as if so many errors of the usual size had been seen in it as well.
_PRIOR_WEIGHT = 20.0


def cells(line: Line) -> Int[Tensor, "*image"]:
    """Return each entry's cell, by the distances to its observed neighbours.

    Between two of them it is half their harmonic mean that counts: the variance of a Wiener
    bridge grows with it.
    """
    both, alone = torch.isfinite(line.far), torch.isinf(line.near)
    bridge = line.near * line.far / (line.near + line.far).clamp(min=1e-9)
    distance = torch.where(both, bridge, line.near).nan_to_num(nan=0.0, posinf=0.0)
    step = torch.bucketize(distance.double(), _EDGES)
    return torch.where(alone, ALONE, torch.where(both, step, step + INSIDE))


def companies(observed: Bool[Tensor, "band *space"]) -> Int[Tensor, "*space"]:
    """Return each pixel's kind, by how many of its bands are observed.

    >>> companies(torch.arange(100)[:, None] < torch.tensor([2, 3, 20, 99])).tolist()
    [0, 1, 4, 6]
    """
    return torch.bucketize(observed.sum(dim=0), _COUNTS, right=True)


@final
class ErrorTable(nn.Module):
    """How large errors usually are, for each band and cell; 1 until it was fitted.

    Args:
        bands: how many.
    """

    table: Tensor

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.register_buffer("table", torch.ones(bands, CELLS))

    def forward(self, cell: Int[Tensor, "band *space"]) -> Float[Tensor, "band *space"]:
        """Return the usual error of entries, by their cells."""
        return torch.take_along_dim(self.table, cell.flatten(1), dim=1).reshape(cell.shape)

    def fit(self, total: Float[Tensor, "band cell"], count: Float[Tensor, "band cell"]) -> None:
        """Learn from sums of squared errors, and how many there were.

        Where few were seen, the table is nearer to what the band and the distance usually give.
        """
        usual = (total.sum(dim=0) / count.sum(dim=0).clamp(min=1)).clamp(min=1e-12)
        # A cell that nobody fell into is like the one before it; before the first, like the first.
        # That of no distance is left alone: it is that of the observed entries.
        seen = count.sum(dim=0) > 0
        first = int(seen.int().argmax())
        usual[1:first] = usual[first]
        for number in range(first + 1, len(usual)):
            if not seen[number]:
                usual[number] = usual[number - 1]
        gain = total.sum(dim=1) / (count * usual).sum(dim=1).clamp(min=1e-12)
        expected = torch.where(gain > 0, gain, 1.0)[:, None] * usual
        mean = (total + _PRIOR_WEIGHT * expected) / (count + _PRIOR_WEIGHT)
        self.table.copy_(mean.clamp(min=1e-14).sqrt())


def sums(
    squared: Float[Tensor, "band *space"],
    cell: Int[Tensor, "band *space"],
    where: Bool[Tensor, "band *space"],
) -> tuple[Float[Tensor, "band cell"], Float[Tensor, "band cell"]]:
    """Return sums of squared errors by band and cell, and how many there were, where they count."""
    bands = len(squared)
    flat = (torch.arange(bands).reshape(-1, *(1,) * (cell.ndim - 1)) * CELLS + cell)[where]
    total = torch.zeros(bands * CELLS).index_add(0, flat, squared[where].float())
    count = torch.bincount(flat, minlength=bands * CELLS).float()
    return total.reshape(bands, CELLS), count.reshape(bands, CELLS)
