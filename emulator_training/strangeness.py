"""How unlike bands are to what any of the simulated canopies shows in them."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from emulator_training.score_posterior import ABSOLUTE_NOISE, RELATIVE_NOISE

# Of the canopies that networks are fitted to, so many are in range, in each of two ways.
_FAMILIAR = 0.99


@runtime_checkable
class Manifold(Protocol):
    """What finds the nearest bands that PROSAIL could have made."""

    def explained(self, values: Float[Tensor, "*pixel band"]) -> Float[Tensor, "*pixel band"]:
        """Return them."""
        ...


class Strangeness(nn.Module):
    """The distance of bands from PROSAIL's spectra, by what is in the bands and what is behind.

    There are two: how many standard deviations of the noise the bands are from the nearest that the
    autoencoder can say, which is large if PROSAIL has no word for their shape; and how many
    standard deviations the scores are from their mean, which is large if none of the simulated
    canopies has such scores. Each is a root mean square, over the bands, and over as many scores as
    the bands tell. What is usual of them depends on the bands: canopies that were simulated say it.

    Args:
        manifold: the autoencoder of the same bands, a module.
        offset: the bands of the mean spectrum [1], those that are seen.
        gain: bands to the posterior means of scores, likewise.
        told: how many scores the bands tell.
        scale: the standard deviation of each score.
        examples: the bands of simulated canopies, without noise, likewise.
    """

    scale: Tensor
    usual: Tensor

    def __init__(
        self,
        manifold: Manifold,
        offset: Float[Tensor, " band"],
        gain: Float[Tensor, "score band"],
        told: float,
        scale: Float[Tensor, " score"],
        examples: Float[Tensor, "sample band"],
    ) -> None:
        super().__init__()
        self.manifold, self.told = manifold, told
        self.register_buffer("scale", scale)
        # The seed is fixed: two operators of the same bands are the same.
        noise = torch.randn(2, *examples.shape, generator=torch.Generator().manual_seed(0))
        noisy = examples * (1 + RELATIVE_NOISE * noise[0]) + ABSOLUTE_NOISE * noise[1]
        distances = self.distances(noisy, (noisy - offset) @ gain.T)
        self.register_buffer("usual", distances.quantile(_FAMILIAR, dim=0))

    def distances(
        self, values: Float[Tensor, "*pixel band"], scores: Float[Tensor, "*pixel score"]
    ) -> Float[Tensor, "*pixel 2"]:
        """Return both distances [standard deviations].

        Args:
            values: the bands that are seen [1].
            scores: their posterior means.
        """
        explained = self.manifold.explained(values)
        noise = (RELATIVE_NOISE * explained) ** 2 + ABSOLUTE_NOISE**2
        shown = ((values - explained).square() / noise).mean(dim=-1)
        behind = (scores / self.scale.to(scores.dtype)).square().sum(dim=-1) / self.told
        # A root has no slope at zero.
        return (torch.stack([shown, behind], dim=-1) + 1e-12).sqrt()

    def forward(
        self, values: Float[Tensor, "*pixel band"], scores: Float[Tensor, "*pixel score"]
    ) -> Float[Tensor, "*pixel"]:
        """Return by how much the larger distance exceeds what is usual, in parts of that."""
        part = self.distances(values, scores) / self.usual.to(values.dtype)
        return (part.amax(dim=-1) - 1).relu()
