"""Hard data consistency: what was measured is not for the network to say."""

import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.denoiser import Denoiser


class Consistent:
    """A denoiser whose clean images have the observed values, exactly, at every step.

    Source: Wang et al., *Zero-shot image restoration using denoising diffusion null-space model*,
    ICLR 2023, Eq. 13, for a mask.
    """

    def __init__(self, denoiser: Denoiser) -> None:
        self.denoiser = denoiser

    def __call__(
        self,
        x: Float[Tensor, "batch band row col"],
        sigma: Float[Tensor, " batch"],
        condition: Condition,
    ) -> Float[Tensor, "batch band row col"]:
        """Return the clean images."""
        return torch.where(condition.observed, condition.known, self.denoiser(x, sigma, condition))
