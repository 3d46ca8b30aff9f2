"""Physics-guided sampling (PGS): a denoiser whose clean images step towards what physics asks.

Eq. 4 of the paper subtracts the gradient of a loss from the noise, which, by Tweedie's formula,
adds it to the clean image: the loss would rise. Here it is the other way round, and it falls:

    eps~ = eps + s sqrt(1 - abar) g,   so   x0~ = x0 - s sigma^2 g_x

where ``g_x`` is the gradient by the noisy image in the units of this package.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.band_diffusion import Problem
from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.denoiser import Denoiser
from anyband_models.diffusion.targets import Target
from anyband_models.errors import UsageError

Through = Literal["clean", "network"]
Decode = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class GuidanceRecord:
    """What a step of guidance found.

    Attributes:
        sigma: noise of the step.
        losses: of each image, by the target's name, before the step was guided.
    """

    sigma: float
    losses: dict[str, Float[Tensor, " batch"]]


@dataclass(frozen=True, eq=False)
class Guidance:
    """How physics guides.

    Attributes:
        targets: what it asks.
        scale: s; 0 leaves the sampler as it is, bit for bit.
        through: "clean" takes the gradient by the clean image, and leaves the network alone;
            "network" goes back through it, as Eq. 3 has it, at more than twice the cost.
        normalised: scale each step so that ``scale`` is a share of the way to where a straight
            loss would vanish (Polyak's step); else the gradient counts as it is, as in Eq. 4.
        every: guide each so-manieth rung.
        last: share of the ladder that is guided, from its end; what is done earlier, the network
            undoes for the most part.

    Raises:
        UsageError: if ``every`` is no step, or ``last`` no share.
    """

    targets: Sequence[Target]
    scale: float = 1.0
    through: Through = "clean"
    normalised: bool = True
    every: int = 2
    last: float = 0.3

    def __post_init__(self) -> None:
        if self.every < 1 or not 0 <= self.last <= 1:
            raise UsageError(
                f"guidance at every {self.every}th rung of the last {self.last:g} of the ladder "
                "was asked for; `every` is 1 or more, `last` from 0 to 1"
            )

    def rungs(self, ladder: Float[Tensor, " rung"]) -> frozenset[float]:
        """Return the noises at which it guides; the last one that is not 0 is always among them."""
        noisy = [float(sigma) for sigma in ladder if sigma > 0]
        count = max(1, round(self.last * len(noisy)))
        return frozenset(noisy[::-1][: count : self.every])

    def part(self, rows: slice, cols: slice) -> "Guidance":
        """Return the guidance of a part of the image."""
        return replace(self, targets=[target.part(rows, cols) for target in self.targets])


@dataclass(eq=False)
class Guided:
    """A denoiser that physics guides.

    Args:
        denoiser: what is guided.
        guidance: how.
        problem: what is denoised; says what an image is in normalised values.
        decode: normalised images to the scene's unit.
        ladder: that the sampler steps down.
        free: whether observed entries may be changed as well.

    Attributes:
        records: what each guided step found.

    Source: AnyBand-Diff, Eq. 3, 4 (with the sign as above); He et al., *Manifold preserving guided
    diffusion*, ICLR 2024, for the gradient by the clean image; Polyak, *Introduction to
    optimization*, 1987, section 5.3.2, for the length of a step.
    """

    denoiser: Denoiser
    guidance: Guidance
    problem: Problem
    decode: Decode
    ladder: Float[Tensor, " rung"]
    free: bool = False
    records: list[GuidanceRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rungs = self.guidance.rungs(self.ladder)

    def __call__(
        self,
        x: Float[Tensor, "batch band row col"],
        sigma: Float[Tensor, " batch"],
        condition: Condition,
    ) -> Float[Tensor, "batch band row col"]:
        """Return the clean images."""
        noise = float(sigma[0])
        near = any(abs(noise - rung) <= 1e-5 * rung for rung in self._rungs)
        if self.guidance.scale == 0 or not self.guidance.targets or not near:
            return self.denoiser(x, sigma, condition)
        if self.guidance.through == "clean":
            clean = self.denoiser(x, sigma, condition).detach()
            by_clean, loss = self._slope(clean, condition, noise)
            slope, length = by_clean, torch.ones_like(sigma)
        else:
            with torch.enable_grad():
                noisy = x.detach().requires_grad_()
                answer = self.denoiser(noisy, sigma, condition)
            clean = answer.detach()
            by_clean, loss = self._slope(clean, condition, noise)
            (slope,) = torch.autograd.grad(answer, noisy, by_clean)
            slope, length = self._allowed(slope, condition), sigma.square()
        if self.guidance.normalised:
            # It is the clean image that takes the step: what counts is its own gradient along it.
            length = _straight_length(loss, by_clean, slope)
        return clean - self.guidance.scale * length[:, None, None, None] * slope

    def _slope(
        self, clean: Tensor, condition: Condition, noise: float
    ) -> tuple[Float[Tensor, "batch band row col"], Float[Tensor, " batch"]]:
        """Return the weighted loss of clean images, and its gradient.

        If steps are normalised, each target's weight is multiplied by the step that it would take
        alone: what is asked in counts does not drown what is asked in an index.
        """
        targets = self.guidance.targets
        with torch.enable_grad():
            point = clean.detach().requires_grad_()
            images = self.decode(self.problem.images(point))
            seen = images.detach().requires_grad_()
            losses = [target(seen) for target in targets]
        slope, total = torch.zeros_like(seen), torch.zeros_like(losses[0])
        for target, loss in zip(targets, losses, strict=True):
            (own,) = torch.autograd.grad(loss, seen, torch.ones_like(loss))
            own, weight = self._allowed(own, condition), torch.full_like(loss, target.weight)
            if self.guidance.normalised:
                weight = weight * _straight_length(loss.detach(), own, own)
            slope.addcmul_(weight[:, None, None, None], own)
            total += weight * loss.detach()
        found = {t.name: loss.detach() for t, loss in zip(targets, losses, strict=True)}
        self.records.append(GuidanceRecord(noise, found))
        return torch.autograd.grad(images, point, slope)[0], total

    def _allowed(self, slope: Tensor, condition: Condition) -> Tensor:
        """Return a gradient without what is not finite, and without what must not change."""
        if not self.free:
            slope = slope.masked_fill(condition.observed, 0.0)
        if bool(torch.isfinite(slope.sum())):
            return slope
        return slope.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


def _straight_length(
    loss: Float[Tensor, " batch"],
    slope: Float[Tensor, "batch band row col"],
    along: Float[Tensor, "batch band row col"],
) -> Float[Tensor, " batch"]:
    """Return the step along a direction at whose end a loss with this slope would vanish."""
    fall = torch.linalg.vecdot(slope.flatten(1), along.flatten(1))
    return torch.where(fall > 0, loss / fall.clamp(min=1e-30), 0.0)
