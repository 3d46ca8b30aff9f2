"""The U-Net of AnyBand-Diff, for images of any number of bands."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import pad, silu

from anyband_models.networks.blocks import Block, zeroed
from anyband_models.networks.config import UNetConfig
from anyband_models.networks.context import ConditionEncoder, Context, noise_code
from anyband_models.networks.modulation import norm_of


@final
class UNet(nn.Module):
    """A noisy image, its diffusion time and its condition in; one number an entry out.

    Rows and columns may be any: they are padded by reflection inside, up to a multiple of the
    coarsest level. The last layer starts at zero.

    Args:
        bands: of the image.
        config: its shape.

    Source: AnyBand-Diff, 3.1 and A.4; Ronneberger et al., *U-Net*, MICCAI 2015.
    """

    def __init__(self, bands: int, config: UNetConfig) -> None:
        super().__init__()
        self.bands, self.config = bands, config
        widths = [config.width * multiplier for multiplier in config.multipliers]
        heads = [config.heads * (level in config.attention) for level in range(len(widths))]
        inputs = 3 * bands if config.concatenate else bands
        time = 4 * config.width
        self.encoder = ConditionEncoder(2 * bands, config.context)
        self.time = nn.Sequential(nn.Linear(config.width, time), nn.SiLU(), nn.Linear(time, time))

        def block(channels: int, level: int) -> Block:
            return Block(
                channels, widths[level], time, config.context, config.modulation, heads[level]
            )

        self.stem = nn.Conv2d(inputs, widths[0], 3, padding=1)
        self.down, self.shrink, channels, kept = nn.ModuleList(), nn.ModuleList(), widths[0], []
        for level, width in enumerate(widths):
            for _ in range(config.blocks):
                self.down.append(block(channels, level))
                channels = width
                kept.append(channels)
            if level + 1 < len(widths):
                self.shrink.append(nn.Conv2d(channels, channels, 3, stride=2, padding=1))
        self.middle = block(channels, len(widths) - 1)
        self.up, self.grow = nn.ModuleList(), nn.ModuleList()
        for level in reversed(range(len(widths))):
            for _ in range(config.blocks):
                self.up.append(block(channels + kept.pop(), level))
                channels = widths[level]
            if level:
                self.grow.append(nn.Conv2d(channels, channels, 3, padding=1))
        self.norm = norm_of(channels)
        self.head = zeroed(nn.Conv2d(channels, bands, 3, padding=1))
        self.spectral = _pixelwise(inputs, config.spectral, bands) if config.spectral else None

    def forward(
        self,
        x: Float[Tensor, "batch band row col"],
        time: Float[Tensor, " batch"],
        condition: Float[Tensor, "batch twice row col"],
    ) -> Float[Tensor, "batch band row col"]:
        """Return what the network makes of an image.

        Args:
            x: noisy, scaled to about unit variance.
            time: of diffusion, 0 to 1000.
            condition: C and then M, band by band.
        """
        rows, cols = x.shape[-2:]
        x, condition = self._padded(x), self._padded(condition)
        context = self.encoder(condition)
        code = self.time(noise_code(time, self.config.width))
        seen = torch.cat([x, condition], dim=1) if self.config.concatenate else x
        out = self.head(silu(self.norm(self._features(self.stem(seen), code, context))))
        if self.spectral is not None:
            out = out + self.spectral(seen)
        return out[..., :rows, :cols]

    def _features(self, features: Tensor, code: Tensor, context: Context) -> Tensor:
        kept, blocks = [], self.config.blocks
        for number, block in enumerate(self.down):
            if number and number % blocks == 0:
                features = self.shrink[number // blocks - 1](features)
            features = block(features, code, context)
            kept.append(features)
        features = self.middle(features, code, context)
        for number, block in enumerate(self.up):
            if number and number % blocks == 0:
                larger = nn.functional.interpolate(features, scale_factor=2, mode="nearest")
                features = self.grow[number // blocks - 1](larger)
            features = block(torch.cat([features, kept.pop()], dim=1), code, context)
        return features

    def _padded(self, image: Tensor) -> Tensor:
        step = 2 ** (len(self.config.multipliers) - 1)
        bottom, right = -image.shape[-2] % step, -image.shape[-1] % step
        # Reflection cannot be wider than the image itself.
        small = bottom >= image.shape[-2] or right >= image.shape[-1]
        return pad(image, (0, right, 0, bottom), mode="replicate" if small else "reflect")


def _pixelwise(inputs: int, width: int, bands: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, width, 1),
        nn.SiLU(),
        nn.Conv2d(width, width, 1),
        nn.SiLU(),
        nn.Conv2d(width, width, 1),
        nn.SiLU(),
        zeroed(nn.Conv2d(width, bands, 1)),
    )
