"""What a step minimises: the error of the prediction, and the physics of the clean image."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.denoiser import NetworkDenoiser
from anyband_models.diffusion.preconditioning import scaling, target
from anyband_models.training.batches import Batch
from anyband_models.training.physics import PhysicsLoss


class Objective(NamedTuple):
    """The loss of a batch.

    Attributes:
        total: what is minimised.
        denoising: L_MCD, of each image.
        physics: each term of L_MSPL, of each image, without its weights.
    """

    total: Float[Tensor, ""]
    denoising: Float[Tensor, " batch"]
    physics: dict[str, Float[Tensor, " batch"]]


def objective(
    denoiser: NetworkDenoiser, batch: Batch, observed: float, physics: PhysicsLoss | None
) -> Objective:
    """Return the loss of a batch.

    Args:
        denoiser: the network.
        batch: what it is shown.
        observed: weight of observed entries.
        physics: the multi-scale loss; None leaves it out.

    Source: AnyBand-Diff, Eq. 2 and 5.
    """
    known = torch.isfinite(batch.images)
    clean = torch.where(known, batch.problem.latent(batch.images.nan_to_num()), 0.0)
    noisy = clean + batch.sigma[:, None, None, None] * batch.noise
    noisy = torch.where(batch.blind[:, None, None, None], 0.0, noisy)
    condition = batch.problem.condition
    answer = denoiser.answer(noisy, batch.sigma, condition)
    wanted = target(denoiser.prediction, clean, batch.noise, batch.sigma, denoiser.spread)
    counts = known * torch.where(condition.observed, observed, 1.0)
    error = _mean((answer.float() - wanted).square(), counts)
    if physics is None:
        return Objective(error.mean(), error, {})
    wrapped = scaling(denoiser.prediction, batch.sigma, denoiser.spread)
    guess = batch.problem.images(wrapped.skip * noisy + wrapped.out * answer.float())
    found = physics(guess, batch.images, batch.sigma, batch.seeds)
    return Objective(error.mean() + found.total.mean(), error, found.terms)


def _mean(values: Tensor, weights: Tensor) -> Float[Tensor, " batch"]:
    total = weights.sum(dim=(1, 2, 3)).clamp(min=1)
    return (values * weights).sum(dim=(1, 2, 3)) / total
