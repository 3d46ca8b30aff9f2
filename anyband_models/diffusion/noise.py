"""How much noise: schedules of diffusion times, and ladders that samplers step down."""

from functools import cached_property
from typing import Annotated, Literal

import numpy as np
import torch
from jaxtyping import Float
from pydantic import BaseModel, Field, PositiveFloat, model_validator
from torch import Tensor

from anyband_models.errors import UsageError


class LinearSchedule(BaseModel, frozen=True, extra="forbid"):
    """The linear schedule of beta: 1e-4 to 0.02 in 1000 steps.

    Source: Ho et al., *Denoising diffusion probabilistic models*, NeurIPS 2020, section 4;
    AnyBand-Diff, A.4.

    >>> schedule = LinearSchedule()
    >>> ladder = schedule.ladder(50)
    >>> len(ladder), round(ladder[0].item()), ladder[-1].item()
    (51, 157, 0.0)
    """

    kind: Literal["linear"] = "linear"
    start: PositiveFloat = 1e-4
    end: float = Field(default=0.02, gt=0, lt=1)
    steps: int = Field(default=1000, ge=2)

    @model_validator(mode="after")
    def _rises(self) -> "LinearSchedule":
        if self.start > self.end:
            raise ValueError(f"beta falls from {self.start:g} to {self.end:g}; it has to rise")
        return self

    @cached_property
    def sigmas(self) -> Float[Tensor, " step"]:
        """The noise of each step in units of the image's, ``sqrt((1 - abar) / abar)``."""
        betas = np.linspace(self.start, self.end, self.steps)
        kept = np.cumprod(1 - betas)
        return torch.from_numpy(np.sqrt((1 - kept) / kept))

    @property
    def most(self) -> float:
        """The largest noise."""
        return float(self.sigmas[-1])

    def time(self, sigma: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Return the diffusion time of a noise, 0 to 1000; between two steps on a straight line."""
        table = self.sigmas.log().to(sigma.device)
        at = sigma.double().clamp(min=float(self.sigmas[0])).log()
        right = torch.searchsorted(table, at.contiguous()).clamp(1, self.steps - 1)
        low, high = table[right - 1], table[right]
        step = right - 1 + ((at - low) / (high - low)).clamp(0, 1)
        return (step * (1000 / self.steps)).to(sigma.dtype)

    def draw(self, share: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Return the noise of training from numbers that are even in 0 to 1: times are even."""
        step = (share.double() * self.steps).long().clamp(0, self.steps - 1)
        return self.sigmas.to(share.device)[step].to(share.dtype)

    def ladder(self, steps: int) -> Float[Tensor, " rung"]:
        """Return the noise of so many evenly spaced times, the last of all first, and then 0.

        Raises:
            UsageError: if there are fewer times than that.

        Source: Song et al., *Denoising diffusion implicit models*, ICLR 2021, appendix D.2.
        """
        if not 1 <= steps <= self.steps:
            raise UsageError(
                f"a sampler of {steps} steps was asked for; this model's noise has {self.steps} "
                f"times, so ask for 1 to {self.steps}"
            )
        at = torch.arange(steps, 0, -1) * self.steps // steps - 1
        return torch.cat([self.sigmas[at], torch.zeros(1, dtype=torch.float64)])


class LogNormalSchedule(BaseModel, frozen=True, extra="forbid"):
    """Noise whose logarithm is normal in training, and even in its rho-th root when sampling.

    Source: Karras et al., *Elucidating the design space of diffusion-based generative models*,
    NeurIPS 2022, Eq. 5 and Table 1.
    """

    kind: Literal["log-normal"] = "log-normal"
    mean: float = -1.2
    std: PositiveFloat = 1.2
    least: PositiveFloat = 0.002
    most: PositiveFloat = 80.0
    rho: PositiveFloat = 7.0

    @model_validator(mode="after")
    def _has_width(self) -> "LogNormalSchedule":
        if self.least >= self.most:
            raise ValueError(f"least noise {self.least:g} is not below the most, {self.most:g}")
        return self

    def time(self, sigma: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Return the code of a noise, its logarithm spread over 0 to 1000."""
        low, high = np.log(self.least), np.log(self.most)
        return ((sigma.clamp(min=self.least).log() - low) / (high - low) * 1000).clamp(0, 1000)

    def draw(self, share: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Return the noise of training from numbers that are even in 0 to 1."""
        normal = torch.special.ndtri(share.double().clamp(1e-6, 1 - 1e-6))
        return (self.mean + self.std * normal).exp().clamp(self.least, self.most).to(share.dtype)

    def ladder(self, steps: int) -> Float[Tensor, " rung"]:
        """Return a ladder of so many rungs, and then 0.

        Raises:
            UsageError: if there is to be none.
        """
        if steps < 1:
            raise UsageError(f"a sampler of {steps} steps was asked for; ask for 1 or more")
        root = 1 / self.rho
        at = torch.linspace(0, 1, steps, dtype=torch.float64)
        rungs = (self.most**root + at * (self.least**root - self.most**root)) ** self.rho
        return torch.cat([rungs, torch.zeros(1, dtype=torch.float64)])


Schedule = Annotated[LinearSchedule | LogNormalSchedule, Field(discriminator="kind")]
