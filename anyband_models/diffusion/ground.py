"""What the network's image is measured from: the value itself, or its distance from a line.

A ground turns normalised images and masks into what a network is shown, and what is denoised.
"""

from typing import Literal, NamedTuple, final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from anyband_models.diffusion.distance import ErrorTable, cells, sums
from anyband_models.diffusion.interpolation import straight_lines

Base = Literal["none", "linear"]
# A network is shown nothing larger: one absurd value would drown all others in its normalisations.
MOST_SHOWN = 1e4


class Grounded(NamedTuple):
    """One image as it is denoised: ``image = centre + scale z``.

    Attributes:
        known: z where observed; anything elsewhere.
        channels: C and then M, as the network sees them.
        centre: where z is 0.
        scale: what one of z is.
    """

    known: Float[Tensor, "band row col"]
    channels: Float[Tensor, "twice row col"]
    centre: Float[Tensor, "band row col"]
    scale: Float[Tensor, "band row col"]


@final
class Plain(nn.Module):
    """The paper's: images are noised as they are, and C is zero where nothing was observed.

    Source: AnyBand-Diff, 3.1.
    """

    def forward(
        self, values: Float[Tensor, "band row col"], observed: Bool[Tensor, "band mrow mcol"]
    ) -> Grounded:
        """Return an image as it is denoised.

        Args:
            values: normalised; anything where not observed.
            observed: of the same shape, or with one row and one column.
        """
        seen = observed.expand(values.shape)
        known = torch.where(seen, values, 0.0).clamp(-MOST_SHOWN, MOST_SHOWN)
        channels = torch.cat([known, seen.to(values.dtype)])
        return Grounded(known, channels, torch.zeros_like(known), torch.ones_like(known))


@final
class FromLines(nn.Module):
    """Residuals over straight lines in wavelength, in units of what they usually are.

    How far lines are usually off is learned for each band and for how far its observed
    neighbours lie. So z has about unit variance wherever something is missing, whether one band
    is or all but three are; where it is 0, the line stands. A pixel without any observed band
    starts from the mean spectrum.

    Args:
        wavelength: band centres [nm].

    Source: the residual over a cheap mean is Zhong et al., *SSDiff*, NeurIPS 2024.
    """

    wavelength: Tensor
    mean: Tensor
    spread: Tensor

    def __init__(self, wavelength: Float[Tensor, " band"]) -> None:
        super().__init__()
        self.register_buffer("wavelength", wavelength.double())
        self.register_buffer("mean", torch.zeros(len(wavelength)))
        self.register_buffer("spread", torch.ones(len(wavelength)))
        self.error = ErrorTable(len(wavelength))

    def fit(
        self, spectra: Float[Tensor, "pixel band"], masks: list[Bool[np.ndarray, " band"]]
    ) -> None:
        """Learn the spectra's mean and spread, and how far lines are off.

        Args:
            spectra: complete and normalised.
            masks: True = observed; each is tried on some of the spectra.
        """
        self.mean.copy_(spectra.mean(dim=0))
        spread = spectra.std(dim=0)
        # A band that never varies, or was never seen, must not be blown up, nor count as an error.
        varies = spread > 1e-5
        self.spread.copy_(torch.where(varies, spread, 1.0))
        total = torch.zeros_like(self.error.table)
        count = torch.zeros_like(self.error.table)
        for number, mask in enumerate(masks):
            some = spectra[number :: len(masks)].T.contiguous()
            observed = torch.from_numpy(mask)[:, None]
            line = straight_lines(some, observed, self.wavelength)
            missing = (~observed & torch.isfinite(line.near) & varies[:, None]).expand(some.shape)
            cell = cells(line).expand(some.shape)
            more, seen = sums((some - line.value).square(), cell, missing)
            total, count = total + more, count + seen
        self.error.fit(total, count)

    def forward(
        self, values: Float[Tensor, "band row col"], observed: Bool[Tensor, "band mrow mcol"]
    ) -> Grounded:
        """Return an image as it is denoised; see `Plain.forward`."""
        line = straight_lines(values, observed, self.wavelength)
        mean, spread = self.mean[:, None, None], self.spread[:, None, None]
        alone = torch.isinf(line.near)
        scale = torch.where(alone, spread, self.error(cells(line))).expand(values.shape)
        centre = torch.where(alone, mean, line.value)
        shown = ((centre - mean) / spread).clamp(-MOST_SHOWN, MOST_SHOWN)
        channels = torch.cat([shown, observed.expand(values.shape).to(values.dtype)])
        return Grounded(torch.zeros_like(values), channels, centre, scale)


def ground_of(base: Base, wavelength: Float[Tensor, " band"]) -> Plain | FromLines:
    """Return the ground of a name, not fitted."""
    return Plain() if base == "none" else FromLines(wavelength)
