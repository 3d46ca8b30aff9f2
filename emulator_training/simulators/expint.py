"""The exponential integrals that the diffuse transmission of an absorbing plate needs."""

from typing import Any

import torch
from jaxtyping import Float
from scipy import special
from torch import Tensor
from torch.autograd.function import once_differentiable

# Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 5.1.53: E1(x) + ln x up to 1,
# lowest power first; 5.1.56: x exp(x) E1(x) from 1 on, numerator and denominator, highest first.
NEAR = (-0.57721566, 0.99999193, -0.24991055, 0.05519968, -0.00976004, 0.00107857)
ABOVE = (1.0, 8.5733287401, 18.0590169730, 8.6347608925, 0.2677737343)
BELOW = (1.0, 9.5733223454, 25.6329561486, 21.0996530827, 3.9584969228)


def exp1(x: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return E1 of positive numbers: in doubles to the last digits, else to 2e-7.

    It has no gradient.
    """
    if x.dtype == torch.float64:
        return torch.from_numpy(special.exp1(x.detach().cpu().numpy())).to(x.device)
    small, large = x.clamp_max(1), x.clamp_min(1)
    near = _polynomial(small, NEAR[::-1]) - small.log()
    far = _polynomial(large, ABOVE) / _polynomial(large, BELOW) * (-large).exp() / large
    return torch.where(x < 1, near, far)


def absorptivity(x: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return what a plate absorbs of diffuse light, 1 - 2 E3(x), for an optical thickness x > 0.

    It is 1 less the transmissivity (1 - x) exp(-x) + x² E1(x) of Jacquemoud & Baret (1990),
    "PROSPECT: a model of leaf optical properties spectra", Eq. 14; this way round what little a
    thin plate absorbs keeps its digits. Its slope is 2 E2(x).
    """
    value, _ = _Absorptivity.apply(x)  # type: ignore[no-untyped-call]
    return value


class _Absorptivity(torch.autograd.Function):
    """The absorptivity and its slope, in reverse and forward mode, and under vmap."""

    @staticmethod
    def forward(x: Tensor) -> tuple[Tensor, Tensor]:
        integral, decay = exp1(x), (-x).exp()
        value = x * decay - torch.expm1(-x) - x * x * integral
        return value, 2 * (decay - x * integral)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: tuple[Tensor, Tensor]) -> None:  # noqa: ANN401  (torch's own)
        _, slope = output
        ctx.mark_non_differentiable(slope)
        ctx.save_for_backward(slope)
        ctx.save_for_forward(slope)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, _: Tensor) -> Tensor:  # noqa: ANN401
        (slope,) = ctx.saved_tensors
        return gradient * slope

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        (slope,) = ctx.saved_tensors
        return tangent * slope, None

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int], x: Tensor) -> tuple[Any, Any]:  # noqa: ANN401
        return _Absorptivity.apply(x), (in_dims[0], in_dims[0])  # type: ignore[no-untyped-call]


def _polynomial(x: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    """Return the polynomial, by Horner's rule; the highest power's coefficient comes first."""
    value = torch.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value
