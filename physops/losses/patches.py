"""Square pieces of images, at places that a generator draws."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from physops.errors import ParameterError, PatchError


def random_corners(
    images: Float[Tensor, "*batch band row col"],
    count: int,
    size: int,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "*batch patch 2"]:
    """Draw where the patches of each image begin: row and column of their first pixel.

    All places at which a patch lies inside the image are equally likely, and each patch is drawn
    by itself: patches may overlap.

    Args:
        images: the images, of which only shape and device matter.
        count: how many patches an image gets.
        size: how many rows, and columns, a patch has.
        generator: where the numbers come from; torch's own if left out. One of the processor
            draws the same places whatever device the images are on.

    Raises:
        ParameterError: if there are no patches, or they have no pixels.
        PatchError: if a patch is larger than the image.
    """
    for name, value in (("count", count), ("size", size)):
        if not isinstance(value, int | np.integer) or value < 1:
            raise ParameterError(name, value, "a whole number, 1 or more")
    *batch, _, rows, columns = images.shape
    if size > min(rows, columns):
        raise PatchError(size, rows, columns)
    device = generator.device if generator else torch.device("cpu")
    drawn = [
        torch.randint(extent - size + 1, (*batch, count), generator=generator, device=device)
        for extent in (rows, columns)
    ]
    return torch.stack(drawn, dim=-1).to(images.device)


def cut_patches(
    images: Float[Tensor, "*batch band row col"], corners: Int[Tensor, "*batch patch 2"], size: int
) -> Float[Tensor, "*batch patch band {size} {size}"]:
    """Return the patches that begin at these corners, of all images at once.

    Args:
        images: what to cut from; its gradient is that of the patches, summed where they overlap.
        corners: as `random_corners` draws them; the same ones cut the same places from a truth,
            an estimate, or maps of an index.
        size: how many rows, and columns, a patch has.

    Raises:
        PatchError: if a patch leaves its image.

    >>> x = torch.arange(12.0).reshape(1, 3, 4)
    >>> cut_patches(x, torch.tensor([[1, 2]]), 2)
    tensor([[[[ 6.,  7.],
              [10., 11.]]]])
    """
    rows, columns = images.shape[-2:]
    last = corners.new_tensor([rows - size, columns - size])
    outside = ((corners < 0) | (corners > last)).any(dim=-1)
    if outside.any():
        row, column = corners[outside][0].tolist()
        raise PatchError(size, rows, columns, (row, column))
    return cut_inside(images, corners, size)


def cut_inside(
    images: Float[Tensor, "*batch band row col"], corners: Int[Tensor, "*batch patch 2"], size: int
) -> Float[Tensor, "*batch patch band {size} {size}"]:
    """Do the same for corners that are known to fit, without a look at them."""
    *batch, bands, rows, columns = images.shape
    steps = torch.arange(size, device=images.device)
    row, column = (corners[..., None] + steps).unbind(dim=-2)
    place = (row[..., :, None] * columns + column[..., None, :]).flatten(start_dim=-3)
    every_band = place[..., None, :].expand(*batch, bands, -1)
    cut = images.reshape(*batch, bands, rows * columns).gather(-1, every_band)
    return cut.reshape(*batch, bands, corners.shape[-2], size, size).movedim(-4, -3)
