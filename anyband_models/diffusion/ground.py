"""What the network's image is measured from: the value itself, or its distance from a line.

A ground turns normalised images and masks into `Condition`, and what is denoised into images.
"""

from typing import Literal, NamedTuple, Protocol, final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.interpolation import Line, straight_lines

Base = Literal["none", "linear"]


class Grounded(NamedTuple):
    """One image as it is denoised: ``image = centre + scale z``.

    Attributes:
        condition: of one image, without the batch.
        centre: where z is 0.
        scale: what one of z is.
    """

    known: Float[Tensor, "band row col"]
    channels: Float[Tensor, "twice row col"]
    centre: Float[Tensor, "band row col"]
    scale: Float[Tensor, "band row col"]


class Ground(Protocol):
    """What images are measured from."""

    def __call__(
        self, values: Float[Tensor, "band row col"], observed: Bool[Tensor, "band mrow mcol"]
    ) -> Grounded:
        """Return an image of normalised values, of which some are observed, as it is denoised."""
        ...


@final
class Plain(nn.Module):
    """The paper's: images are noised as they are, and C is zero where nothing was observed.

    Source: AnyBand-Diff, 3.1.
    """

    def forward(
        self, values: Float[Tensor, "band row col"], observed: Bool[Tensor, "band mrow mcol"]
    ) -> Grounded:
        """Return an image as it is denoised; see `Ground`."""
        seen = observed.expand(values.shape)
        known = torch.where(seen, values, 0.0)
        channels = torch.cat([known, seen.to(values.dtype)])
        return Grounded(known, channels, torch.zeros_like(known), torch.ones_like(known))


# Edges of the distances by which errors of lines are told apart [nm].
_EDGES = torch.logspace(0.3, 2.9, 18, dtype=torch.float64)
# A table's cell counts as if so many errors of the usual size had been seen in it as well.
_PRIOR_WEIGHT = 20.0


@final
class FromLines(nn.Module):
    """Residuals over straight lines in wavelength, in units of what they usually are.

    How far lines are usually off was learned for each band and for how far its observed
    neighbours lie: the harmonic mean of both distances, or the distance of the only one. So z has
    about unit variance wherever something is missing, whether one band is or all but three are;
    where it is 0, the line stands. A pixel without any observed band starts from the mean
    spectrum.

    Args:
        wavelength: band centres [nm].

    Source: the residual over a cheap mean is Zhong et al., *SSDiff*, NeurIPS 2024.
    """

    wavelength: Tensor
    mean: Tensor
    spread: Tensor
    usual: Tensor

    def __init__(self, wavelength: Float[Tensor, " band"]) -> None:
        super().__init__()
        bands, cells = len(wavelength), 2 * (len(_EDGES) + 1)
        self.register_buffer("wavelength", wavelength.double())
        self.register_buffer("mean", torch.zeros(bands))
        self.register_buffer("spread", torch.ones(bands))
        self.register_buffer("usual", torch.ones(bands, cells))

    def fit(
        self,
        spectra: Float[Tensor, "pixel band"],
        masks: list[Bool[np.ndarray, " band"]],
    ) -> None:
        """Learn the spectra's mean and spread, and how far lines are off.

        Args:
            spectra: complete and normalised.
            masks: True = observed; each is tried on some of the spectra.
        """
        self.mean.copy_(spectra.mean(dim=0))
        self.spread.copy_(spectra.std(dim=0).clamp(min=1e-6))
        total = torch.zeros_like(self.usual)
        count = torch.zeros_like(self.usual)
        for number, mask in enumerate(masks):
            some = spectra[number :: len(masks)].T.contiguous()
            observed = torch.from_numpy(mask)[:, None]
            line = straight_lines(some, observed, self.wavelength)
            cell = self._cell(line)[:, 0]
            missing = ~observed[:, 0] & torch.isfinite(line.near[:, 0])
            bands = torch.arange(len(mask))
            squared = (some - line.value).square().sum(dim=1)
            total[bands[missing], cell[missing]] += squared[missing]
            count[bands[missing], cell[missing]] += some.shape[1]
        self.usual.copy_(_smoothed(total, count).clamp(min=1e-12).sqrt())

    def forward(
        self, values: Float[Tensor, "band row col"], observed: Bool[Tensor, "band mrow mcol"]
    ) -> Grounded:
        """Return an image as it is denoised; see `Ground`."""
        line = straight_lines(values, observed, self.wavelength)
        mean, spread = self.mean[:, None, None], self.spread[:, None, None]
        alone = torch.isinf(line.near)
        cell = self._cell(line)
        usual = torch.take_along_dim(self.usual, cell.flatten(1), dim=1).reshape(cell.shape)
        scale = torch.where(alone, spread, usual).expand(values.shape)
        centre = torch.where(alone, mean, line.value)
        shown = (centre - mean) / spread
        channels = torch.cat([shown, observed.expand(values.shape).to(values.dtype)])
        return Grounded(torch.zeros_like(values), channels, centre, scale)

    def _cell(self, line: Line) -> Int[Tensor, "*image"]:
        both = torch.isfinite(line.far)
        total = line.near + line.far
        distance = torch.where(
            both, line.near * line.far / total.clamp(min=1e-9), line.near
        ).nan_to_num(posinf=0.0)
        step = torch.bucketize(distance.double(), _EDGES)
        return torch.where(both, step, step + len(_EDGES) + 1)


def _smoothed(total: Tensor, count: Tensor) -> Float[Tensor, "band cell"]:
    """Return mean squares; where few were seen, nearer to what band and distance usually give."""
    cells = (total.sum(dim=0) / count.sum(dim=0).clamp(min=1)).clamp(min=1e-12)
    # A cell that nobody fell into is like the nearest one below it that somebody did.
    for number in range(1, len(cells)):
        if count[:, number].sum() == 0:
            cells[number] = cells[number - 1]
    expected = count * cells
    gain = total.sum(dim=1) / expected.sum(dim=1).clamp(min=1e-12)
    usual = torch.where(gain > 0, gain, 1.0)[:, None] * cells
    weight = _PRIOR_WEIGHT
    return (total + weight * usual) / (count + weight)


def ground_of(base: Base, wavelength: Float[Tensor, " band"]) -> Plain | FromLines:
    """Return the ground of a name, not fitted."""
    return Plain() if base == "none" else FromLines(wavelength)


def condition_of(grounded: list[Grounded], observed: Bool[Tensor, "batch band row col"]) -> Condition:
    """Return the condition of several images."""
    return Condition(
        torch.stack([one.known for one in grounded]),
        observed,
        torch.stack([one.channels for one in grounded]),
    )
