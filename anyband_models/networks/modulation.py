"""Conditional adaptive modulation (CAM): features scaled and shifted by the condition."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from anyband_models.networks.context import Context


def norm_of(channels: int, affine: bool = True) -> nn.GroupNorm:
    """Return a normalisation over groups of about 8 channels, or over all of them."""
    groups = max(1, channels // 8)
    return nn.GroupNorm(groups if channels % groups == 0 else 1, channels, affine=affine)


@final
class GlobalModulation(nn.Module):
    """Eq. 1: scale and shift of each channel, regressed from the context vector.

    Starts as the plain normalisation.

    Source: AnyBand-Diff, Eq. 1; Perez et al., *FiLM*, AAAI 2018.
    """

    def __init__(self, channels: int, context: int) -> None:
        super().__init__()
        self.norm = norm_of(channels, affine=False)
        self.affine = nn.Linear(context, 2 * channels)
        nn.init.zeros_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def forward(
        self, features: Float[Tensor, "batch channel row col"], context: Context
    ) -> Float[Tensor, "batch channel row col"]:
        """Return the features, modulated."""
        scale, shift = self.affine(context.vector)[..., None, None].chunk(2, dim=1)
        return (1 + scale) * self.norm(features) + shift


@final
class SpatialModulation(nn.Module):
    """The same with a scale and a shift for each place, from the map of the context.

    Source: Park et al., *Semantic image synthesis with spatially-adaptive normalization*, CVPR
    2019, Eq. 1.
    """

    def __init__(self, channels: int, context: int) -> None:
        super().__init__()
        self.norm = norm_of(channels, affine=False)
        self.affine = nn.Conv2d(context, 2 * channels, 3, padding=1)
        nn.init.zeros_(self.affine.weight)
        assert self.affine.bias is not None  # it has one unless told otherwise
        nn.init.zeros_(self.affine.bias)

    def forward(
        self, features: Float[Tensor, "batch channel row col"], context: Context
    ) -> Float[Tensor, "batch channel row col"]:
        """Return the features, modulated."""
        places = interpolate(context.map, size=features.shape[-2:], mode="bilinear")
        scale, shift = self.affine(places).chunk(2, dim=1)
        return (1 + scale) * self.norm(features) + shift


MODULATIONS: dict[str, type[GlobalModulation] | type[SpatialModulation]] = {
    "global": GlobalModulation,
    "spatial": SpatialModulation,
}
