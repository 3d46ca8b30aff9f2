"""Physics-guided sampling (PGS): a denoiser whose clean images step towards what physics asks.

Eq. 4 of the paper subtracts the gradient of a loss from the noise, which, by Tweedie's formula,
adds it to the clean image: the loss would rise. Here it is the other way round, and it falls:

    eps~ = eps + s sqrt(1 - abar) g,   so   x0~ = x0 - s sigma^2 g_x

where ``g_x`` is the gradient by the noisy image in the units of this package.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.band_diffusion import Problem
from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.denoiser import Denoiser
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.targets import Target
from anyband_models.errors import UsageError

Through = Literal["clean", "network"]


@dataclass(frozen=True)
class GuidanceRecord:
    """What a step of guidance found.

    Attributes:
        sigma: noise of the step.
        losses: of each image, by the target's name, before the step that it asked for; where pixels
            obey alone, a mean over all of them, of which those that nothing is asked of count as 0.
    """

    sigma: float
    losses: dict[str, Float[Tensor, " batch"]]


@dataclass(frozen=True, eq=False)
class Guidance:
    """How physics guides.

    Attributes:
        targets: what it asks, each in its turn: the last has the last word.
        scale: s; 0 leaves the sampler as it is, bit for bit.
        through: "clean" takes the gradient by the clean image, and leaves the network alone;
            "network" goes back through it, as Eq. 3 has it, at more than twice the cost.
        normalised: scale each step so that ``scale`` is a share of the way to where a straight
            loss would vanish (Polyak's step), pixel by pixel where pixels obey alone, or of the way
            to the nearest image that obeys, where the operator knows it; else the gradient of the
            mean loss counts as it is, as in Eq. 4.
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
        normalisation: of images; targets ask in the scene's unit.
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
    normalisation: Normalisation
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
            return self._moved(self.denoiser(x, sigma, condition).detach(), condition, noise)
        with torch.enable_grad():
            noisy = x.detach().requires_grad_()
            answer = self.denoiser(noisy, sigma, condition)
        clean = answer.detach()
        towards = self._moved(clean, condition, noise) - clean
        (slope,) = torch.autograd.grad(answer, noisy, towards)
        slope, length = self._allowed(slope, condition), sigma.square()
        if self.guidance.normalised:  # as far along what physics asks as the clean image would go
            length = _straight_length(_along(towards, towards), towards, slope)
        return clean + length[:, None, None, None] * slope

    def _moved(
        self, clean: Float[Tensor, "batch band row col"], condition: Condition, noise: float
    ) -> Float[Tensor, "batch band row col"]:
        """Return clean images after a step for each target, in turn."""
        found = {}
        for target in self.guidance.targets:
            found[target.name], step = self._step(target, clean, condition)
            if step is not None:
                clean = clean - step
        self.records.append(GuidanceRecord(noise, found))
        return clean

    def _step(
        self, target: Target, clean: Float[Tensor, "batch band row col"], condition: Condition
    ) -> tuple[Float[Tensor, " batch"], Float[Tensor, "batch band row col"] | None]:
        """Return a target's loss and the step against it; None where it is met by all images."""
        with torch.enable_grad():
            point = clean.detach().requires_grad_()
            images = self.normalisation.inverse(self.problem.images(point))
            losses = target.losses(images)
        means = losses.detach().flatten(1).mean(dim=1) if losses.ndim > 1 else losses.detach()
        if not bool(means.any()):
            return means, None
        nearest = target.nearest(images.detach()) if self.guidance.normalised else None
        if nearest is not None:
            return means, self._towards(nearest, images.detach(), clean, condition, target.weight)
        (slope,) = torch.autograd.grad(losses, point, torch.ones_like(losses))
        slope = self._allowed(slope, condition)
        if self.guidance.normalised:
            length = _straight_length(losses.detach(), slope, slope)
        else:
            length = torch.full_like(means, len(means) / losses.numel())
        length = length[:, None] if length.ndim == 3 else length[:, None, None, None]
        return means, self.guidance.scale * target.weight * length * slope

    def _towards(
        self,
        nearest: Float[Tensor, "batch band row col"],
        images: Float[Tensor, "batch band row col"],
        clean: Float[Tensor, "batch band row col"],
        condition: Condition,
        weight: float,
    ) -> Float[Tensor, "batch band row col"]:
        """Return the step to the nearest images that obey, or a share of it."""
        whole = clean - self.problem.latent(self.normalisation.forward(nearest))
        whole = torch.where(nearest == images, 0.0, whole)  # no rounding where nothing is asked
        return min(1.0, self.guidance.scale * weight) * self._allowed(whole, condition)

    def _allowed(self, slope: Tensor, condition: Condition) -> Tensor:
        """Return a gradient without what is not finite, and without what must not change."""
        if not self.free:
            slope = slope.masked_fill(condition.observed, 0.0)
        if bool(torch.isfinite(slope.sum())):
            return slope
        return slope.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


def _straight_length(
    loss: Float[Tensor, "batch *place"],
    slope: Float[Tensor, "batch band row col"],
    along: Float[Tensor, "batch band row col"],
) -> Float[Tensor, "batch *place"]:
    """Return the step along a direction at whose end a loss with this slope would vanish."""
    fall = _along(slope, along) if loss.ndim == 1 else (slope * along).sum(dim=1)
    return torch.where(fall > 0, loss / fall.clamp(min=1e-30), 0.0)


def _along(
    a: Float[Tensor, "batch band row col"], b: Float[Tensor, "batch band row col"]
) -> Float[Tensor, " batch"]:
    return torch.linalg.vecdot(a.flatten(1), b.flatten(1))
