"""Exact gradients of PROSAIL, for a network that is to have them, too."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from emulator_training.fit.dataset import Dataset
from emulator_training.networks import ranges
from emulator_training.parameters import NAMES
from emulator_training.simulators.prosail import Prosail

_BATCH = 100


@dataclass(frozen=True, eq=False)
class Slopes:
    """How spectra change along random directions in the space of scores.

    Attributes:
        parameters: of the samples.
        directions: a unit vector of scores for each.
        slopes: the exact derivatives of the spectrum's component along it, by each parameter in
            parts of its range.
    """

    parameters: Float[Tensor, "sample parameter"]
    directions: Float[Tensor, "sample score"]
    slopes: Float[Tensor, "sample parameter"]

    @classmethod
    def of(cls, data: Dataset, seed: int) -> "Slopes":
        """Return the slopes of all samples: one backward pass of PROSAIL each.

        A direction is that to another sample, as it is in a fit of one spectrum to another; over
        random directions the squared error is that of the whole Jacobian.

        Source: Czarnecki et al., Sobolev training for neural networks (2017).
        """
        rng = torch.Generator().manual_seed(seed)
        others = data.scores[torch.randperm(len(data.scores), generator=rng)]
        directions = nn.functional.normalize(others - data.scores, dim=-1)
        components = torch.from_numpy(data.basis.components).float()
        model = Prosail()

        def along(parameters: Tensor, direction: Tensor) -> Tensor:
            return (model(parameters) * (direction @ components)).sum()

        parts = -(-len(directions) // _BATCH)
        pairs = zip(
            data.parameters.tensor_split(parts), directions.tensor_split(parts), strict=True
        )
        slopes = torch.cat([_slopes(along, p, d, create_graph=False) for p, d in pairs])
        return cls(data.parameters, directions, slopes)

    def loss(self, network: nn.Module, numbers: Tensor) -> Tensor:
        """Return the mean squared error of a network's slopes [scores² by parts of ranges²]."""

        def along(parameters: Tensor, direction: Tensor) -> Tensor:
            return (network(parameters) * direction).sum()

        got = _slopes(along, self.parameters[numbers], self.directions[numbers], create_graph=True)
        return (got - self.slopes[numbers]).square().sum(dim=-1).mean()


def _slopes(
    along: Callable[[Tensor, Tensor], Tensor],
    parameters: Float[Tensor, "sample parameter"],
    directions: Float[Tensor, "sample score"],
    create_graph: bool,
) -> Float[Tensor, "sample parameter"]:
    at = parameters.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(along(at, directions), at, create_graph=create_graph)
    return gradient * ranges(NAMES, gradient)[1]
