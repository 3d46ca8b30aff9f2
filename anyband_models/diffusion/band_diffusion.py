"""A diffusion model, put together: network, noise, ground and scale."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.denoiser import NetworkDenoiser, one_step
from anyband_models.diffusion.distance import COMPANIES, ErrorTable, cells, companies
from anyband_models.diffusion.ground import FromLines, Grounded, Plain, ground_of
from anyband_models.diffusion.interpolation import straight_lines
from anyband_models.diffusion.spec import ModelSpec
from anyband_models.networks.unet import UNet


@dataclass(frozen=True, eq=False)
class Problem:
    """Images as they are denoised: ``image = centre + scale z``, in normalised values.

    Attributes:
        condition: what is known of z.
        centre: where z is 0.
        scale: what one of z is.
    """

    condition: Condition
    centre: Float[Tensor, "batch band row col"]
    scale: Float[Tensor, "batch band row col"]

    @classmethod
    def of(cls, grounded: list[Grounded], observed: list[Bool[Tensor, "band _ _"]]) -> "Problem":
        """Return the problem of several images of one size."""
        known, channels, centre, scale = (
            torch.stack(parts) for parts in zip(*grounded, strict=True)
        )
        shape = known.shape[1:]
        seen = torch.stack([mask.expand(shape) for mask in observed])
        return cls(Condition(known, seen, channels), centre, scale)

    def latent(
        self, images: Float[Tensor, "batch band row col"]
    ) -> Float[Tensor, "batch band row col"]:
        """Return z of normalised images."""
        return (images - self.centre) / self.scale

    def images(
        self, latent: Float[Tensor, "batch band row col"]
    ) -> Float[Tensor, "batch band row col"]:
        """Return normalised images of z."""
        return self.centre + self.scale * latent


class BandDiffusion(nn.Module):
    """Network and ground of one model.

    Args:
        spec: what it is.

    Attributes:
        network: what is learned.
        ground: what images are measured from.
        error: how far the one-step mean is usually off, learned on held-out pixels.
        company: by how much more or less, by the number of a pixel's observed bands.
    """

    network: UNet
    ground: Plain | FromLines
    error: ErrorTable
    company: Tensor

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        self.spec = spec
        self.network = UNet(len(spec.wavelength), spec.network)
        wavelength = torch.tensor(spec.wavelength, dtype=torch.float64)
        self.ground = ground_of(spec.diffusion.base, wavelength)
        self.error = ErrorTable(len(wavelength))
        self.register_buffer("company", torch.ones(COMPANIES))
        self.wavelength = wavelength

    @property
    def denoiser(self) -> NetworkDenoiser:
        """The network, wrapped."""
        diffusion = self.spec.diffusion
        return NetworkDenoiser(
            self.network, diffusion.schedule, diffusion.prediction, diffusion.spread
        )

    def problem(
        self,
        values: list[Float[Tensor, "band row col"]],
        observed: list[Bool[Tensor, "band _ _"]],
    ) -> Problem:
        """Return what is to be denoised.

        Args:
            values: of each image, normalised; anything where not observed.
            observed: True where a value is known; one row and one column if that is the same for
                all pixels.
        """
        pairs = zip(values, observed, strict=True)
        return Problem.of([self.ground(image, mask) for image, mask in pairs], observed)

    @torch.no_grad()
    def mean(
        self,
        values: Float[Tensor, "band row col"],
        observed: Bool[Tensor, "band mrow mcol"],
    ) -> Float[Tensor, "band row col"]:
        """Return the one-step mean of one image, normalised; observed entries as they are."""
        problem = self.problem([values], [observed])
        latent = one_step(self.denoiser, problem.condition, self.spec.diffusion.schedule.most)
        return torch.where(observed, values, problem.images(latent)[0])

    def std(
        self,
        values: Float[Tensor, "band row col"],
        observed: Bool[Tensor, "band mrow mcol"],
    ) -> Float[Tensor, "band row col"]:
        """Return how far the one-step mean is usually off, normalised; 0 where observed."""
        line = straight_lines(values, observed, self.wavelength)
        usual = self.error(cells(line)) * self.company[companies(observed)]
        return torch.where(observed, 0.0, usual.expand(values.shape))
