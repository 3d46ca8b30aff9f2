"""The exponential integrals that the diffuse transmission of an absorbing plate needs."""

import torch
from jaxtyping import Float
from scipy import special
from torch import Tensor

# Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 5.1.53: E1(x) + ln x up to 1,
# lowest power first; 5.1.56: x exp(x) E1(x) from 1 on, numerator and denominator, highest first.
NEAR = (-0.57721566, 0.99999193, -0.24991055, 0.05519968, -0.00976004, 0.00107857)
ABOVE = (1.0, 8.5733287401, 18.0590169730, 8.6347608925, 0.2677737343)
BELOW = (1.0, 9.5733223454, 25.6329561486, 21.0996530827, 3.9584969228)


def absorptivity(x: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return what a plate absorbs of diffuse light, 1 - 2 E3(x), for an optical thickness x > 0.

    It is 1 less the transmissivity (1 - x) exp(-x) + x² E1(x) of Jacquemoud & Baret (1990),
    "PROSPECT: a model of leaf optical properties spectra"; this way round what little a thin plate
    absorbs keeps its digits.
    """
    less = torch.expm1(-x)
    decay = 1 + less
    return x * (decay - x * exp1(x, decay)) - less


def exp1(x: Float[Tensor, "*any"], decay: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return E1 of positive numbers: in doubles to the last digits, else to 2e-7.

    Its first two derivatives are those of E1, not of what approximates it: to the value is added
    what is zero, and has these derivatives. It has no others.

    Args:
        x: positive numbers.
        decay: exp(-x).
    """
    held, decay = x.detach(), decay.detach()
    value = _exp1_of_doubles(held) if x.dtype == torch.float64 else _exp1(held, decay)
    step, inverse = x - held, 1 / held
    return value + decay * inverse * step * ((0.5 + 0.5 * inverse) * step - 1)


def _exp1(x: Tensor, decay: Tensor) -> Tensor:
    small, large = x.clamp_max(1), x.clamp_min(1)
    near = _polynomial(small, NEAR[::-1]) - small.log()
    far = _polynomial(large, ABOVE) / (_polynomial(large, BELOW) * large) * decay
    return torch.where(x < 1, near, far)


@torch.library.custom_op("anyband::exp1", mutates_args=())
def _exp1_of_doubles(x: Tensor) -> Tensor:
    return torch.from_numpy(special.exp1(x.cpu().numpy())).to(x.device)


@_exp1_of_doubles.register_fake
def _(x: Tensor) -> Tensor:
    return torch.empty_like(x)


@_exp1_of_doubles.register_vmap
def _(_: object, in_dims: tuple[int], x: Tensor) -> tuple[Tensor, int]:
    return _exp1_of_doubles(x), in_dims[0]


def _polynomial(x: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    """Return the polynomial, by Horner's rule; the highest power's coefficient comes first."""
    first, second, *others = coefficients
    value = first * x + second
    for coefficient in others:
        value.mul_(x).add_(coefficient)
    return value
