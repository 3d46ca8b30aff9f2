"""The network of `anyband`, fitted to examples.

What step `s` learns from, in which order and under which noise, is a function of (seed, s) alone,
so that a run that was stopped is the same run.
"""

import math
from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from pydantic import BaseModel, Field, PositiveFloat, PositiveInt
from torch import Tensor
from torch.nn import functional

from anyband_models.diffusion.noise import LogNormalSchedule
from anyband_models.diffusion.preconditioning import scaling, target
from anyband_models.errors import QualityError
from anyband_models.networks.bandwise import BandwiseConfig, BandwiseNetwork, band_codes
from anyband_models.training.anyband.examples import Example
from anyband_models.training.average import Average
from anyband_models.training.checkpoint import Checkpoint, load_moments, moments
from anyband_models.training.loop import MOST_SKIPPED, Progress

Share = Annotated[float, Field(ge=0, le=1)]


class FitConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """How it is fitted.

    Attributes:
        steps: of the optimiser.
        together: examples a step.
        rate: of learning, at most.
        alone: share of the examples without any noise's help, as the one-step mean has them.
        robust: from this many standard deviations on errors count linearly.
        decay: of the average over the network's states.
        seed: of the weights, the order and the noise.
    """

    steps: PositiveInt = 5000
    together: PositiveInt = 4
    rate: PositiveFloat = 2e-3
    alone: Share = 0.5
    robust: PositiveFloat = 3.0
    decay: Share = 0.998
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0


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


class Fitting:
    """A network that is being fitted.

    Args:
        examples: each read when it is needed.
        config: how.
        shape: of the network.

    Attributes:
        step: how many steps were taken.
        skipped: how many of them were left out because something was not finite.
        in_a_row: how many of the last were.
    """

    def __init__(
        self, examples: Sequence[Callable[[], Example]], config: FitConfig, shape: BandwiseConfig
    ) -> None:
        self.examples, self.config = examples, config
        torch.manual_seed(config.seed)
        self.network, self.schedule = BandwiseNetwork(shape), LogNormalSchedule()
        self.average = Average(self.network, config.decay)
        weights = self.network.parameters()
        self.optimiser = torch.optim.AdamW(weights, lr=config.rate, weight_decay=1e-4)
        self.step, self.skipped, self.in_a_row = 0, 0, 0

    def advance(self) -> Progress:
        """Take a step.

        Raises:
            QualityError: if ten in a row are not finite.
        """
        rate = self.config.rate * _shape(self.step / self.config.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        total = self._backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        if math.isfinite(total) and torch.isfinite(norm):
            self.optimiser.step()
            self.average.update(self.network, self.step)
            self.in_a_row = 0
        else:
            self._skip()
        self.step += 1
        return Progress(self.step, total, {}, rate, self.skipped)

    def _skip(self) -> None:
        self.skipped += 1
        self.in_a_row += 1
        if self.in_a_row >= MOST_SKIPPED:
            raise QualityError(
                f"{MOST_SKIPPED} steps in a row had a loss or a gradient that is not finite; the "
                "last checkpoint stands: delete the examples that are not, and go on with --resume"
            )

    def _backward(self) -> float:
        """Add the gradients of a step, and return its loss."""
        key = np.array([self.config.seed, self.step], dtype=np.uint64)
        rng = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, 6]))
        together, total = self.config.together, 0.0
        for _ in range(together):
            batch = Batch.of(self.examples[int(rng.integers(len(self.examples)))]())
            share = None if rng.random() < self.config.alone else float(rng.random())
            wrong = loss(self.network, batch, self.schedule, share, self.config.robust) / together
            wrong.backward()  # type: ignore[no-untyped-call]
            total += float(wrong.detach())
        return total

    def checkpoint(self) -> Checkpoint:
        """Return the state."""
        tensors = {f"network.{n}": t for n, t in self.network.state_dict().items()}
        tensors |= {f"average.{n}": t for n, t in self.average.weights.items()}
        tensors |= moments(self.optimiser)
        return Checkpoint(self.step, self.skipped, self.in_a_row, tensors)

    def resume(self, found: Checkpoint) -> None:
        """Go on from a state."""
        self.network.load_state_dict(found.part("network."))
        self.average.load(found.part("average."))
        load_moments(self.optimiser, found.tensors)
        self.step, self.skipped, self.in_a_row = found.step, found.skipped, found.in_a_row

    def averaged(self) -> BandwiseNetwork:
        """Return the network to be used: the average over the last states."""
        network = BandwiseNetwork(self.network.config)
        network.load_state_dict(self.average.weights)
        return network.eval().requires_grad_(False)


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
        told: called with each step, counted from 0, its loss and the averaged weights.

    Raises:
        QualityError: if ten steps in a row are not finite.
    """
    fitting = Fitting(examples, config, shape)
    while fitting.step < config.steps:
        progress = fitting.advance()
        if told is not None:
            told(progress.step - 1, progress.loss, fitting.average.weights)
    return fitting.averaged()


def _shape(done: float) -> float:
    """Return the rate of learning over its largest: a short rise, then half a cosine."""
    return min(done / 0.03, 1.0) * 0.5 * (1 + math.cos(math.pi * done))
