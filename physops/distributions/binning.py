"""Values shared out over the nodes of an even grid, as a smooth function of the values."""

from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from physops.autocast import full_precision

Basis = Literal["linear", "bspline3"]
# A grid has this many nodes beyond each end, so that a value at the end finds all its own.
MARGIN = 2

# The first node that gets a share, counted from the one below the value; each node's share as the
# coefficients of a polynomial in the value's distance from there; the variance of these shares
# [squared spacings]. The cubic is the B-spline of de Boor, A Practical Guide to Splines, 1978.
_CUBIC = (
    (1 / 6, -1 / 2, 1 / 2, -1 / 6),
    (2 / 3, 0, -1, 1 / 2),
    (1 / 6, 1 / 2, 1 / 2, -1 / 2),
    (0, 0, 0, 1 / 6),
)
_BASES: dict[Basis, tuple[int, tuple[tuple[float, ...], ...], float]] = {
    "linear": (0, ((1, -1), (0, 1)), 1 / 6),
    "bspline3": (-1, _CUBIC, 1 / 3),
}


def basis_variance(basis: Basis) -> float:
    """Return the variance of the kernel that sharing out is [squared spacings]."""
    return _BASES[basis][2]


def counts(
    place: Float[Tensor, "row value"], weight: Float[Tensor, "row value"], nodes: int, basis: Basis
) -> Float[Tensor, "row node"]:
    """Return how much of each row's weights falls to each node.

    Args:
        place: where the values lie [spacings from the first node], from 1 to ``nodes - 2``.
        weight: how much each value counts; no gradient goes there.
        nodes: how many nodes there are.
        basis: ``"linear"``: over the two nodes beside a value; ``"bspline3"``: over four, with
            two continuous derivatives in the value.
    """
    with full_precision(place.device):
        result: Tensor = _Counts.apply(place, weight, nodes, basis)  # type: ignore[no-untyped-call]
    return result


class _Counts(torch.autograd.Function):
    """The shares of all values, summed; only the places are kept for the gradient.

    All values of a cell share by the same polynomials, so that their moments are summed first, and
    shared out once a cell; the gradient goes the same way back.
    """

    @staticmethod
    def forward(
        place: Float[Tensor, "row value"],
        weight: Float[Tensor, "row value"],
        nodes: int,
        basis: Basis,
    ) -> Float[Tensor, "row node"]:
        first, coefficients, _ = _BASES[basis]
        offset, cell = _split(place, nodes)
        moments, power = [], weight
        for order in range(len(coefficients[0])):
            power = power * offset if order else weight
            empty = place.new_zeros(len(place) * nodes)
            moments.append(empty.index_add_(0, cell.flatten(), power.flatten()))
        shares = place.new_tensor(coefficients) @ torch.stack(moments)
        shares = shares.reshape(len(coefficients), len(place), nodes)
        # What is rolled over the edge is zero, for no value lies so near to it.
        return torch.stack([share.roll(first + tap, -1) for tap, share in enumerate(shares)]).sum(0)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ANN401
        place, weight, ctx.nodes, ctx.basis = inputs
        ctx.save_for_backward(place, weight)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        place, weight = ctx.saved_tensors
        with full_precision(slope.device):  # a backward pass may be asked for under autocast, too
            return _slopes(slope, place, ctx.nodes, ctx.basis) * weight, None, None, None


def _slopes(slope: Tensor, place: Tensor, nodes: int, basis: Basis) -> Tensor:
    """Return each value's slope, from those of the nodes; differentiable in both."""
    first, coefficients, _ = _BASES[basis]
    offset, cell = _split(place, nodes)
    taps = torch.stack([slope.roll(-first - tap, -1) for tap in range(len(coefficients))])
    derivative = place.new_tensor(
        [[order * share[order] for share in coefficients] for order in range(1, len(coefficients))]
    )
    terms = derivative @ taps.flatten(start_dim=1)
    total = terms[-1][cell]
    for term in reversed(terms[:-1].unbind()):
        total = total * offset + term[cell]
    return total


def _split(place: Tensor, nodes: int) -> tuple[Tensor, Int[Tensor, "row value"]]:
    """Return how far each value lies past the node below it, and that node's number."""
    below = place.detach().floor()
    rows = torch.arange(len(place), device=place.device)[:, None] * nodes
    return place - below, below.long() + rows
