"""An image as rows of numbers without gaps, and back."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from physops.errors import NotFloatingError
from physops.operator import band_axis


class Pixels(NamedTuple):
    """The pixels of an image.

    Attributes:
        values: (*pixel, band), at least in single precision; what is missing is filled.
        missing: (*pixel): where one of the bands is not finite.
        dim: the image's dimension of bands.
        dtype: of the image.
    """

    values: Tensor
    missing: Tensor
    dim: int
    dtype: torch.dtype

    def image(self, values: Float[Tensor, "*pixel band"]) -> Float[Tensor, "..."]:
        """Return values of the pixels as an image of its layout; NaN where one is missing."""
        return self.laid_out(torch.where(self.missing.unsqueeze(-1), torch.nan, values))

    def laid_out(self, values: Float[Tensor, "*pixel band"]) -> Float[Tensor, "..."]:
        """Return values as an image, whether or not one is missing."""
        return values.to(self.dtype).movedim(-1, self.dim).contiguous()

    def plane(self, values: Float[Tensor, "*pixel"]) -> Float[Tensor, "..."]:
        """Return one value a pixel; NaN where it is missing."""
        return torch.where(self.missing, torch.nan, values).to(self.dtype)


def pixels(
    x: Tensor,
    band_dim: int,
    count: int,
    fill: Float[Tensor, " band"],
    seen: Bool[Tensor, " count"] | None = None,
) -> Pixels:
    """Return the pixels of an image.

    Args:
        x: the image.
        band_dim: its dimension of bands.
        count: how many bands it is to have.
        fill: what a pixel is taken for if one of its bands is not finite.
        seen: the bands that are looked at; all, if left out.

    Raises:
        NotTensorError: if it is no tensor.
        DimensionError: if it has no such dimension.
        BandCountError: if it has another number of bands.
        NotFloatingError: if its values are whole numbers.
    """
    dim = band_axis(x, band_dim, count)
    if not x.is_floating_point():
        raise NotFloatingError(x.dtype)
    values = x.movedim(dim, -1)
    if seen is not None and len(fill) < count:
        values = values[..., seen]
    if x.dtype.itemsize < torch.float32.itemsize:
        values = values.float()
    missing = ~torch.isfinite(values).all(dim=-1)
    filled = torch.where(missing.unsqueeze(-1), fill.to(values.dtype), values)
    return Pixels(filled, missing, dim, x.dtype)
