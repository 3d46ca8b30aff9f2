"""What is learned from at each step: a function of the seed, the step and the place in it."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion, Problem
from anyband_models.diffusion.condition import Condition
from anyband_models.training.config import TrainingConfig
from anyband_models.training.masking import DualMasking
from anyband_models.training.patches import Patches


@dataclass(frozen=True, eq=False)
class Batch:
    """Some patches, of which some is hidden, and noise.

    Attributes:
        images: what they are, normalised; NaN where not known.
        problem: what the network is given.
        noise: standard normal.
        sigma: noise of each patch.
        blind: patches of which the network sees nothing but the condition, as when the one-step
            mean is asked for.
        seeds: of what else is drawn for each patch.
    """

    images: Float[Tensor, "batch band row col"]
    problem: Problem
    noise: Float[Tensor, "batch band row col"]
    sigma: Float[Tensor, " batch"]
    blind: Bool[Tensor, " batch"]
    seeds: tuple[int, ...]

    def to(self, device: torch.device) -> "Batch":
        """Return the batch where it is to be computed with."""
        known = self.problem.condition
        condition = Condition(
            known.known.to(device), known.observed.to(device), known.channels.to(device)
        )
        problem = Problem(condition, self.problem.centre.to(device), self.problem.scale.to(device))
        return Batch(
            self.images.to(device),
            problem,
            self.noise.to(device),
            self.sigma.to(device),
            self.blind.to(device),
            self.seeds,
        )


class Batches:
    """The batches of a run.

    Sample ``i`` of step ``s`` depends on (seed, s, i) alone, whoever computes it: a run that was
    interrupted goes on as if it had not been, and processes share a batch.

    Args:
        scenes: the patches of each.
        masking: what is hidden.
        model: says what is denoised.
        config: of the run.
    """

    def __init__(
        self,
        scenes: list[Patches],
        masking: DualMasking,
        model: BandDiffusion,
        config: TrainingConfig,
    ) -> None:
        self.scenes, self.masking, self.model, self.config = scenes, masking, model, config
        counts = np.array([len(scene) for scene in scenes])
        self.shares = np.cumsum(counts) / counts.sum()

    def draw(self, step: int, numbers: range) -> Batch:
        """Return some samples of a step's batch."""
        drawn = [self._sample(step, number) for number in numbers]
        images, values, observed, noise, shares, seeds = zip(*drawn, strict=True)
        problem = self.model.problem(list(values), list(observed))
        schedule = self.config.diffusion.schedule
        share = torch.tensor(shares)
        blind = share < 0
        sigma = torch.where(blind, schedule.most, schedule.draw(share.clamp(min=0)))
        return Batch(torch.stack(images), problem, torch.stack(noise), sigma, blind, seeds)

    def _sample(self, step: int, number: int) -> tuple[Tensor, Tensor, Tensor, Tensor, float, int]:
        key = [self.config.seed, step * 2**20 + number]
        rng = np.random.Generator(np.random.Philox(key=np.array(key, dtype=np.uint64)))
        scene = self.scenes[int(np.searchsorted(self.shares, rng.random(), side="right"))]
        patch = scene.draw(rng)
        masked = self.masking(patch, rng)
        noise = torch.from_numpy(rng.standard_normal(tuple(patch.shape), dtype=np.float32))
        share = rng.random()
        if rng.random() < self.config.loss.blind:
            share = -1.0
        return patch, masked.values, masked.observed, noise, share, int(rng.integers(2**63))
