"""A network as a denoiser: noisy images, their noise and their condition in, clean images out."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.noise import Schedule
from anyband_models.diffusion.preconditioning import Prediction, scaling

Denoiser = Callable[[Tensor, Tensor, Condition], Tensor]
"""``(x, sigma, condition) -> x0``: ``x = x0 + sigma n``, one ``sigma`` an image."""


class NetworkDenoiser:
    """A network, wrapped.

    Args:
        network: takes (scaled image, diffusion time, channels of the condition).
        schedule: says the diffusion time of a noise.
        prediction: what the network predicts.
        spread: standard deviation of the images, for "edm".
    """

    def __init__(
        self, network: nn.Module, schedule: Schedule, prediction: Prediction, spread: float = 1.0
    ) -> None:
        self.network, self.schedule = network, schedule
        self.prediction, self.spread = prediction, spread

    def answer(
        self,
        x: Float[Tensor, "batch band row col"],
        sigma: Float[Tensor, " batch"],
        condition: Condition,
    ) -> Float[Tensor, "batch band row col"]:
        """Return what the network itself says."""
        wrapped = scaling(self.prediction, sigma, self.spread)
        return self.network(wrapped.input * x, self.schedule.time(sigma), condition.channels)

    def __call__(
        self,
        x: Float[Tensor, "batch band row col"],
        sigma: Float[Tensor, " batch"],
        condition: Condition,
    ) -> Float[Tensor, "batch band row col"]:
        """Return the clean images that are expected."""
        wrapped = scaling(self.prediction, sigma, self.spread)
        return wrapped.skip * x + wrapped.out * self.answer(x, sigma, condition)


def one_step(
    denoiser: Denoiser, condition: Condition, most: float
) -> Float[Tensor, "batch band row col"]:
    """Return the posterior mean in one step: what is expected of noise alone.

    In the largest noise the image drowns, and the network has only the condition to go by. It is
    shown zeros instead, as in training, and so the answer does not depend on any noise.

    Args:
        denoiser: trained on such patches as well.
        condition: of the images.
        most: the largest noise.
    """
    nothing = torch.zeros_like(condition.known)
    sigma = nothing.new_full((len(nothing),), most)
    return denoiser(nothing, sigma, condition)
