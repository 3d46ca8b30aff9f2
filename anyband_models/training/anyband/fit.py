"""The network of `anyband`, fitted to examples."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from anyband_models.diffusion.noise import LogNormalSchedule
from anyband_models.diffusion.preconditioning import scaling, target
from anyband_models.networks.bandwise import BandwiseConfig, BandwiseNetwork, band_codes
from anyband_models.training.anyband.examples import Example
from anyband_models.training.average import Average


class FitConfig(NamedTuple):
    """How it is fitted.

    Attributes:
        steps: of the optimiser.
        together: examples a step.
        rate: of learning, at most.
        alone: share of the examples without any noise's help, as the one-step mean has them.
        robust: from this many standard deviations on errors count linearly.
        decay: of the average over the network's states.
        seed: of the order and the noise.
    """

    steps: int = 3000
    together: int = 4
    rate: float = 2e-3
    alone: float = 0.5
    robust: float = 3.0
    decay: float = 0.998
    seed: int = 0


class Batch(NamedTuple):
    """One example, as tensors.

    Attributes:
        channels: what the network is shown.
        wanted: True = missing.
        truth: what is denoised.
        noise: a draw of the prior.
        codes: of the bands.
    """

    channels: Float[Tensor, "1 shown row col"]
    wanted: Bool[Tensor, "1 band row col"]
    truth: Float[Tensor, "1 band row col"]
    noise: Float[Tensor, "1 band row col"]
    codes: Float[Tensor, "band code"]

    @classmethod
    def of(cls, example: Example) -> "Batch":
        """Return an example as tensors."""
        bands = example.bands
        return cls(
            torch.from_numpy(example.channels).flatten(0, 1)[None],
            torch.from_numpy(example.wanted)[None],
            torch.from_numpy(example.truth)[None],
            torch.from_numpy(example.noise)[None],
            band_codes(torch.tensor(bands.wavelength), torch.tensor(bands.fwhm)),
        )


def loss(
    network: BandwiseNetwork,
    batch: Batch,
    schedule: LogNormalSchedule,
    share: float | None,
    robust: float,
) -> Tensor:
    """Return how wrong the network is about an example.

    Args:
        network: to be fitted.
        batch: the example.
        schedule: of the noise.
        share: which noise, from 0 to 1; None for none, as the one-step mean has it.
        robust: see `FitConfig`.
    """
    nothing = torch.zeros_like(batch.truth)
    if share is None:
        sigma = torch.full((1,), schedule.most)
        noisy, wanted = nothing, batch.truth
    else:
        sigma = schedule.draw(torch.tensor([share]))
        noisy = torch.where(batch.wanted, batch.truth + sigma * batch.noise, 0.0)
        wanted = target("edm", batch.truth, batch.noise, sigma)
    wrapped = scaling("edm", sigma)
    said = network(wrapped.input * noisy, schedule.time(sigma), batch.channels, batch.codes)
    where = batch.wanted
    return functional.huber_loss(said[where], wanted[where], delta=robust)


def fit(
    examples: Sequence[Callable[[], Example]],
    config: FitConfig,
    shape: BandwiseConfig,
    told: Callable[[int, float, dict[str, Tensor]], None] | None = None,
) -> BandwiseNetwork:
    """Return a network fitted to examples, the average over its last states.

    Args:
        examples: each read when it is needed.
        config: how.
        shape: of the network.
        told: called with each step, its loss and the averaged weights.
    """
    torch.manual_seed(config.seed)
    network, schedule = BandwiseNetwork(shape), LogNormalSchedule()
    average = Average(network, config.decay)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.rate, weight_decay=1e-4)
    rng = np.random.default_rng(config.seed)
    for step in range(config.steps):
        rate = config.rate * _shape(step / config.steps)
        for group in optimiser.param_groups:
            group["lr"] = rate
        total = 0.0
        for _ in range(config.together):
            batch = Batch.of(examples[int(rng.integers(len(examples)))]())
            share = None if rng.random() < config.alone else float(rng.random())
            wrong = loss(network, batch, schedule, share, config.robust) / config.together
            wrong.backward()  # type: ignore[no-untyped-call]
            total += float(wrong.detach())
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update(network, step)
        if told is not None:
            told(step, total, average.weights)
    network.load_state_dict(average.weights)
    return network


def _shape(done: float) -> float:
    """Return the rate of learning over its largest: a short rise, then half a cosine."""
    return min(done / 0.03, 1.0) * 0.5 * (1 + math.cos(math.pi * done))
