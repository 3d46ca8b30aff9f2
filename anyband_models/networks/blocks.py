"""What a U-Net is made of: residual blocks with the condition, and attention."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention, silu

from anyband_models.networks.context import Context
from anyband_models.networks.modulation import MODULATIONS, norm_of


def zeroed(layer: nn.Conv2d) -> nn.Conv2d:
    """Return the layer with weights of zero: what it is added to starts unchanged."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


@final
class Block(nn.Module):
    """A ResNet block that knows the noise, then the condition's modulation, then attention.

    Args:
        channels: that come in.
        out: that come out.
        time: length of the code of the noise.
        context: length of the context vector.
        modulation: a name of `MODULATIONS`.
        heads: of the attention; 0 for none.

    Source: Ho et al., *Denoising diffusion probabilistic models*, NeurIPS 2020, appendix B;
    AnyBand-Diff, A.4.
    """

    def __init__(
        self, channels: int, out: int, time: int, context: int, modulation: str, heads: int
    ) -> None:
        super().__init__()
        self.norm1, self.norm2 = norm_of(channels), norm_of(out)
        self.conv1 = nn.Conv2d(channels, out, 3, padding=1)
        self.time = nn.Linear(time, out)
        self.conv2 = zeroed(nn.Conv2d(out, out, 3, padding=1))
        self.skip = nn.Identity() if channels == out else nn.Conv2d(channels, out, 1)
        self.modulation = MODULATIONS[modulation](out, context)
        self.attention = Attention(out, heads) if heads else nn.Identity()

    def forward(
        self,
        features: Float[Tensor, "batch channel row col"],
        time: Float[Tensor, "batch time"],
        context: Context,
    ) -> Float[Tensor, "batch out row col"]:
        """Return the features one block on."""
        inner = self.conv1(silu(self.norm1(features))) + self.time(silu(time))[..., None, None]
        outer = self.skip(features) + self.conv2(silu(self.norm2(inner)))
        return self.attention(self.modulation(outer, context))


@final
class Attention(nn.Module):
    """Multi-head self-attention over the places of a feature map, added to it."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = norm_of(channels)
        self.inputs = nn.Conv2d(channels, 3 * channels, 1)
        self.output = zeroed(nn.Conv2d(channels, channels, 1))

    def forward(
        self, features: Float[Tensor, "batch channel row col"]
    ) -> Float[Tensor, "batch channel row col"]:
        """Return the features, each place having seen all others."""
        batch, channels, rows, cols = features.shape
        heads = self.inputs(self.norm(features)).reshape(batch, 3, self.heads, -1, rows * cols)
        query, key, value = heads.transpose(-2, -1).unbind(dim=1)
        seen = scaled_dot_product_attention(query, key, value)
        return features + self.output(seen.transpose(-2, -1).reshape(batch, channels, rows, cols))
