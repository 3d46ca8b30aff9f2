"""What is known of images while they are denoised, and what a network sees of it."""

from dataclasses import dataclass

from jaxtyping import Bool, Float
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Condition:
    """The condition of a batch of images, in the space in which they are noised.

    Attributes:
        known: the image's clean values where observed; anything elsewhere.
        observed: True where an entry was observed.
        channels: what the network is shown: C and then M.
    """

    known: Float[Tensor, "batch band row col"]
    observed: Bool[Tensor, "batch band row col"]
    channels: Float[Tensor, "batch twice row col"]
