"""What a network is told of the condition: a vector for the image, and a map of it."""

from typing import NamedTuple, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import silu


class Context(NamedTuple):
    """The condition, encoded.

    Attributes:
        vector: h of Eq. 1, of each image.
        map: the same before it was averaged, on a quarter of the rows and columns.
    """

    vector: Float[Tensor, "batch context"]
    map: Float[Tensor, "batch context row col"]


@final
class ConditionEncoder(nn.Module):
    """The light encoder E(C, M) of Eq. 1.

    Args:
        channels: of the condition, C and M one after the other.
        context: length of the vector.
    """

    def __init__(self, channels: int, context: int) -> None:
        super().__init__()
        self.bands = nn.Conv2d(channels, context, 1)
        self.near = nn.Conv2d(context, context, 3, stride=2, padding=1, groups=context)
        self.far = nn.Conv2d(context, context, 3, stride=2, padding=1, groups=context)
        self.mixed = nn.Conv2d(context, context, 1)

    def forward(self, condition: Float[Tensor, "batch channel row col"]) -> Context:
        """Return the context of conditions."""
        features = silu(self.far(silu(self.near(silu(self.bands(condition))))))
        mapped = self.mixed(features)
        return Context(mapped.mean(dim=(-2, -1)), mapped)


def noise_code(time: Float[Tensor, " batch"], width: int) -> Float[Tensor, "batch width"]:
    """Return sines and cosines of diffusion times of 0 to 1000.

    Source: Vaswani et al., *Attention is all you need*, NeurIPS 2017, section 3.5.
    """
    half = width // 2
    rates = torch.exp(
        -torch.arange(half, device=time.device, dtype=time.dtype) * (9.210340 / half)
    )  # ln 10000
    angles = time[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)
