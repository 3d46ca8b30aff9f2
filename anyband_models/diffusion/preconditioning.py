"""From what a network says to a clean image: predictions of the noise, the image, or between."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

Prediction = Literal["eps", "x0", "edm"]


class Scaling(NamedTuple):
    """``x0 = skip x + out F(input x)``, of each image.

    Attributes:
        input: what the noisy image is multiplied by for the network.
        skip: how much of the noisy image is kept.
        out: what the network's answer is multiplied by.
    """

    input: Tensor
    skip: Tensor
    out: Tensor


def _eps(sigma: Tensor, spread: float) -> Scaling:
    return Scaling((1 + sigma**2).rsqrt(), torch.ones_like(sigma), -sigma)


def _x0(sigma: Tensor, spread: float) -> Scaling:
    return Scaling((1 + sigma**2).rsqrt(), torch.zeros_like(sigma), torch.ones_like(sigma))


def _edm(sigma: Tensor, spread: float) -> Scaling:
    total = spread**2 + sigma**2
    return Scaling(total.rsqrt(), spread**2 / total, sigma * spread * total.rsqrt())


_SCALINGS: dict[str, Callable[[Tensor, float], Scaling]] = {"eps": _eps, "x0": _x0, "edm": _edm}


def scaling(prediction: Prediction, sigma: Float[Tensor, " batch"], spread: float = 1.0) -> Scaling:
    """Return how a network is wrapped, each number of shape ``(batch, 1, 1, 1)``.

    Args:
        prediction: "eps", the noise (AnyBand-Diff, Eq. 2; Ho et al. 2020); "x0", the image;
            "edm", a mixture whose target has unit variance at every noise (Karras et al. 2022,
            Table 1).
        sigma: noise of each image.
        spread: standard deviation of the images, for "edm".
    """
    return _SCALINGS[prediction](sigma[:, None, None, None], spread)


def target(
    prediction: Prediction,
    clean: Float[Tensor, "batch band row col"],
    noise: Float[Tensor, "batch band row col"],
    sigma: Float[Tensor, " batch"],
    spread: float = 1.0,
) -> Float[Tensor, "batch band row col"]:
    """Return what the network should say of ``clean + sigma noise``."""
    if prediction == "eps":
        return noise
    if prediction == "x0":
        return clean
    wrapped = scaling(prediction, sigma, spread)
    noisy = clean + sigma[:, None, None, None] * noise
    return (clean - wrapped.skip * noisy) / wrapped.out
