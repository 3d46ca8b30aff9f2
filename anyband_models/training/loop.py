"""The training loop."""

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.denoiser import NetworkDenoiser
from anyband_models.errors import QualityError
from anyband_models.training.average import Average
from anyband_models.training.batches import Batches
from anyband_models.training.checkpoint import (
    Checkpoint,
    load_moments,
    moments,
    read_checkpoint,
    write_checkpoint,
)
from anyband_models.training.config import OptimiserConfig, TrainingConfig
from anyband_models.training.objective import objective
from anyband_models.training.physics import PhysicsLoss
from anyband_models.training.processes import Processes

# So many steps in a row that are not finite end a run.
MOST_SKIPPED = 10


class Progress(NamedTuple):
    """What a step came to.

    Attributes:
        step: counted from 1.
        loss: L_MCD of the batch.
        physics: each term of L_MSPL, of the batch.
        learning_rate: of the step.
        skipped: how many steps were left out so far.
    """

    step: int
    loss: float
    physics: dict[str, float]
    learning_rate: float
    skipped: int


Report = Callable[[Progress], None]


def learning_rate(config: OptimiserConfig, step: int, steps: int) -> float:
    """Return that of a step, counted from 0: up on a line, down on half a cosine.

    Source: AnyBand-Diff, A.4; Loshchilov & Hutter, *SGDR*, ICLR 2017, Eq. 5.
    """
    warmup = max(1, round(config.warmup * steps))
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    share = (step - warmup) / max(1, steps - warmup)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * share))


@dataclass(eq=False)
class Run:
    """A run: a model, what it learns from, and how far it is.

    Attributes:
        model: trained in place.
        batches: what it learns from.
        held_out: images that it does not learn from, normalised.
        config: of the run.
        physics: the multi-scale loss, if it is used.
        processes: that share the work.
        notes: what of the config the scenes do not allow, a sentence each.
        step: how many steps were taken.
        skipped: how many of them were left out.
        in_a_row: how many of the last were.
    """

    model: BandDiffusion
    batches: Batches
    held_out: list[Tensor]
    config: TrainingConfig
    physics: PhysicsLoss | None
    processes: Processes
    notes: tuple[str, ...] = ()
    step: int = 0
    skipped: int = 0
    in_a_row: int = 0

    def __post_init__(self) -> None:
        optimiser = self.config.optimiser
        self.model.network.to(self.processes.device)
        self.average = Average(self.model.network, optimiser.average)
        self.optimiser = torch.optim.AdamW(
            self.model.network.parameters(),
            lr=optimiser.learning_rate,
            betas=optimiser.betas,
            weight_decay=optimiser.weight_decay,
        )
        wrapped = self.model.denoiser
        self.denoiser = NetworkDenoiser(
            self.processes.shared(self.model.network),
            wrapped.schedule,
            wrapped.prediction,
            wrapped.spread,
        )

    def train(self, folder: Path | None, report: Report = lambda progress: None) -> None:
        """Take the steps that are left.

        Args:
            folder: where checkpoints go, if anywhere.
            report: told of every step that the config reports, before it is kept.

        Raises:
            QualityError: if ten steps in a row are not finite.
            ResourceError: if there is no space for a checkpoint; the one before stands.
        """
        self.model.train()
        while self.step < self.config.steps:
            progress = self.advance()
            if self.config.reports(self.step):
                report(progress)
            if folder is not None and self.config.keeps(self.step) and self.processes.first:
                write_checkpoint(folder, self.config, self.model.spec, self.checkpoint())
        self.model.eval()

    def advance(self) -> Progress:
        """Take one step."""
        config = self.config
        rate = learning_rate(config.optimiser, self.step, config.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        batch = self.batches.draw(self.step, self.processes.part(config.batch))
        batch = batch.to(self.processes.device)
        self.optimiser.zero_grad(set_to_none=True)
        with self._precision():
            found = objective(self.denoiser, batch, config.loss.observed, self.physics)
        found.total.backward()  # type: ignore[no-untyped-call]  # torch ships it without types
        clip = config.optimiser.clip
        norm = torch.nn.utils.clip_grad_norm_(self.model.network.parameters(), clip)
        names = list(found.physics)
        parts = [found.denoising, *found.physics.values()]
        means = self.processes.mean(torch.stack([part.detach().mean() for part in parts]))
        total = means[0]
        # Gradients are means over all processes, so that all of them decide alike.
        if torch.isfinite(norm) and torch.isfinite(total):
            self.optimiser.step()
            self.average.update(self.model.network, self.step)
            self.in_a_row = 0
        else:
            self._skip()
        self.step += 1
        physics = dict(zip(names, means[1:].tolist(), strict=True))
        return Progress(self.step, float(total), physics, rate, self.skipped)

    def checkpoint(self) -> Checkpoint:
        """Return the state of the run."""
        tensors = {f"network.{n}": t for n, t in self.model.network.state_dict().items()}
        tensors |= {f"average.{n}": t for n, t in self.average.weights.items()}
        tensors |= moments(self.optimiser)
        return Checkpoint(self.step, self.skipped, self.in_a_row, tensors)

    def resume(self, folder: Path) -> None:
        """Go on from the folder's last checkpoint, if it has one.

        Raises:
            WeightsError, UsageError: as `read_checkpoint` does.
        """
        found = read_checkpoint(folder, self.config, self.model.spec)
        if found is None:
            return
        self.model.network.load_state_dict(found.part("network."))
        self.average.load(found.part("average."))
        load_moments(self.optimiser, found.tensors)
        self.step, self.skipped, self.in_a_row = found.step, found.skipped, found.in_a_row

    def averaged(self) -> BandDiffusion:
        """Return the model to be used: with the averaged weights, on the processor."""
        model = BandDiffusion(self.model.spec)
        others = {n: t for n, t in self.model.state_dict().items() if not n.startswith("network.")}
        weights = {f"network.{name}": w.cpu() for name, w in self.average.weights.items()}
        model.load_state_dict(weights | others)
        return model.eval().requires_grad_(False)

    def _skip(self) -> None:
        self.skipped += 1
        self.in_a_row += 1
        if self.in_a_row >= MOST_SKIPPED:
            raise QualityError(
                f"{MOST_SKIPPED} steps in a row had a loss or a gradient that is not finite; "
                "lower optimiser.learning_rate, or use precision: float32; the last checkpoint "
                "stands"
            )

    def _precision(self) -> torch.autocast | nullcontext[None]:
        device, precision = self.processes.device.type, self.config.precision
        if precision == "auto":
            precision = "bfloat16" if device == "cuda" else "float32"
        if precision == "float32":
            return nullcontext()
        return torch.autocast(device, torch.bfloat16)
