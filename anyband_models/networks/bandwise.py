"""A network for any bands: every band goes through the same layers, and all meet in a few latents.

A band is known to it by a code of where it lies and how wide it is, never by its number. What the
bands share is gathered in latent channels, each a mean over bands with weights that depend on
their codes, goes through a trunk that sees the pixel's surroundings, and is handed back.
"""

import math

import torch
from jaxtyping import Float
from pydantic import BaseModel, PositiveInt
from torch import Tensor, nn
from torch.nn import functional

# Waves of the code, over the range of 400 to 2500 nm, and what stands beside them.
WAVES = 8
CODE = 2 * WAVES + 2
LOW_NM, HIGH_NM = 400.0, 2500.0
# Channels of a band that the network is shown, beside what is denoised.
SHOWN = 6


class BandwiseConfig(BaseModel, frozen=True, extra="forbid"):
    """The shape of a network.

    Attributes:
        width: channels of each band.
        latents: how many means over bands are taken.
        trunk: channels of what they go through.
    """

    width: PositiveInt = 16
    latents: PositiveInt = 12
    trunk: PositiveInt = 64


def band_codes(
    wavelength: Float[Tensor, " band"], fwhm: Float[Tensor, " band"]
) -> Float[Tensor, "band code"]:
    """Return the codes of bands.

    Args:
        wavelength: centres [nm].
        fwhm: widths [nm]; NaN counts as 10 nm.

    Source: Vaswani et al., *Attention is all you need*, NeurIPS 2017, section 3.5, of wavelengths
    as in Xiong et al., *Neural plasticity-inspired multimodal foundation model*, 2024.
    """
    at = (wavelength - LOW_NM) / (HIGH_NM - LOW_NM)
    wide = torch.where(torch.isfinite(fwhm), fwhm, 10.0).clamp(1.0, 300.0).log10() - 1
    angles = math.pi * at[:, None] * torch.arange(1, WAVES + 1)
    waves = [angles.sin(), angles.cos(), at[:, None], wide[:, None]]
    return torch.cat(waves, dim=1).float()


class BandwiseNetwork(nn.Module):
    """Bands of any number and kind in, as many out; zero before it is trained.

    Args:
        config: its shape.
    """

    def __init__(self, config: BandwiseConfig) -> None:
        super().__init__()
        self.config = config
        width, latents, trunk = config.width, config.latents, config.trunk
        self.enter = nn.Conv2d(1 + SHOWN, width, 3, padding=1)
        self.code = nn.Sequential(nn.Linear(CODE, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU())
        self.place = nn.Linear(64, width)
        self.gather = nn.Linear(64, latents)
        self.hand = nn.Linear(64, latents)
        self.time = nn.Sequential(nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 2 * width))
        self.along = nn.Conv2d(width, width, 3, padding=1)
        self.trunk = nn.Sequential(
            nn.Conv2d(latents * width, trunk, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(trunk, trunk, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(trunk, latents * width, 1),
        )
        self.after = nn.Conv2d(width, width, 3, padding=1)
        self.leave = nn.Conv2d(width, 1, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(
        self,
        x: Float[Tensor, "batch band row col"],
        time: Float[Tensor, " batch"],
        channels: Float[Tensor, "batch shown row col"],
        codes: Float[Tensor, "band code"],
    ) -> Float[Tensor, "batch band row col"]:
        """Return the network's answer.

        Args:
            x: what is denoised.
            time: of the noise, 0 to 1000.
            channels: six of each band, all of one kind after all of another.
            codes: of the bands, as `band_codes` has them.
        """
        batch, bands, rows, cols = x.shape
        shown = channels.view(batch, SHOWN, bands, rows, cols).transpose(1, 2)
        entered = torch.cat([x.unsqueeze(2), shown], dim=2).flatten(0, 1)
        code = self.code(codes)
        scale, shift = self.time(_waves(time)).chunk(2, dim=-1)
        bias = (self.place(code) + shift[:, None]).flatten(0, 1)
        factor = (1 + scale).repeat_interleave(bands, dim=0)
        h = self.enter(entered) * factor[..., None, None] + bias[..., None, None]
        h = h + self.along(functional.silu(h))
        h = h + self._met(functional.silu(h), code, batch)
        h = h + self.after(functional.silu(h))
        return self.leave(functional.silu(h)).view(batch, bands, rows, cols)

    def _met(
        self, h: Float[Tensor, "both width row col"], code: Float[Tensor, "band 64"], batch: int
    ) -> Float[Tensor, "both width row col"]:
        """Return what the bands tell one another through the latents."""
        _, width, rows, cols = h.shape
        weights = self.gather(code).softmax(dim=0)
        flat = h.view(batch, len(code), -1)
        gathered = (weights.T @ flat).view(batch, -1, rows, cols)
        said = self.trunk(gathered).view(batch, self.config.latents, -1)
        return (self.hand(code) @ said).view(-1, width, rows, cols)


def _waves(time: Float[Tensor, " batch"]) -> Float[Tensor, "batch 32"]:
    rates = torch.exp(-math.log(1000.0) * torch.arange(16, device=time.device) / 16)
    angles = time[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)
