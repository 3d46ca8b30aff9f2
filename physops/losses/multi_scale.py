"""The multi-scale physical loss: its three terms and their weights (AnyBand-Diff, Eq. 5)."""

import math
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from physops.errors import ParameterError
from physops.losses.image import ImageLoss
from physops.losses.pixel import PixelLoss
from physops.losses.region import RegionLoss

# The paper's, chosen on its validation set.
PIXEL_WEIGHT, REGION_WEIGHT, IMAGE_WEIGHT = 1.0, 0.5, 0.2


class Scales(NamedTuple):
    """What the loss is made of.

    Attributes:
        total: the weighted sum of the terms, of each image.
        terms: each term by its name, without its weight.
    """

    total: Tensor
    terms: dict[str, Tensor]


@final
class MultiScaleLoss(nn.Module):
    """The weighted sum of a pixel-, a region- and an image-level term; any may be left out.

    The paper's weights are those of sums over the region's indices and the image's entries; here
    both are means, so that the weights do not depend on how many there are.

    Args:
        pixel: how bands vary together.
        region: how indices are distributed in patches.
        image: what an operator makes of the whole.
        pixel_weight: lambda_px.
        region_weight: lambda_reg.
        image_weight: lambda_img.

    Raises:
        ParameterError: if there is no term, one is something else, or a weight is negative or not
            finite.

    Source: AnyBand-Diff, Eq. 5.

    >>> loss = MultiScaleLoss(PixelLoss(), RegionLoss(["ndvi", "ndwi"], sensor="S2A", size=8))
    >>> total, terms = loss(torch.rand(2, 13, 16, 16), torch.rand(2, 13, 16, 16))
    >>> total.shape, sorted(terms)
    (torch.Size([2]), ['pixel', 'region'])
    """

    def __init__(
        self,
        pixel: PixelLoss | None = None,
        region: RegionLoss | None = None,
        image: ImageLoss | None = None,
        *,
        pixel_weight: float = PIXEL_WEIGHT,
        region_weight: float = REGION_WEIGHT,
        image_weight: float = IMAGE_WEIGHT,
    ) -> None:
        super().__init__()
        self.pixel, self.region, self.image = pixel, region, image
        self.weights = {"pixel": pixel_weight, "region": region_weight, "image": image_weight}
        for name, weight in self.weights.items():
            if not 0 <= weight < math.inf:
                raise ParameterError(f"{name}_weight", weight, "a number, 0 or more")
        kinds = {"pixel": PixelLoss, "region": RegionLoss, "image": ImageLoss}
        for name, term in (("pixel", pixel), ("region", region), ("image", image)):
            if term is not None and not isinstance(term, kinds[name]):
                raise ParameterError(name, term, f"a physops.losses.{kinds[name].__name__}")
        if pixel is None and region is None and image is None:
            raise ParameterError("pixel, region, image", None, "one of the terms, or more")

    def forward(
        self,
        estimate: Float[Tensor, "..."],
        truth: Float[Tensor, "..."],
        mask: Bool[Tensor, "..."] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Scales:
        """Return the loss of each image, and its terms.

        Args:
            estimate: ``(*batch, band, row, col)``.
            truth: the same.
            mask: True where a value counts, broadcast to the images.
            generator: where the places of the patches come from.

        Raises:
            PairError: if the shapes do not fit.
            NotFloatingError: if one of the images holds whole numbers.
            PatchError: if the region's patches are larger than the images.
        """
        terms: dict[str, Tensor] = {}
        if self.pixel is not None:
            terms["pixel"] = self.pixel(estimate, truth, mask)
        if self.region is not None:
            terms["region"] = self.region(estimate, truth, mask, generator=generator)
        if self.image is not None:
            terms["image"] = self.image(estimate, truth, mask)
        weighted = [self.weights[name] * term for name, term in terms.items()]
        return Scales(torch.stack(weighted).sum(dim=0), terms)
