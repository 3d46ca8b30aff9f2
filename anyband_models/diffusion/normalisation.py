"""How the values of scenes become numbers that a network likes, and back."""

import numpy as np
from jaxtyping import Float, Float32
from pydantic import BaseModel, model_validator
from torch import Tensor


class Normalisation(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """How a scene's values become -1 to 1: ``(value - low) / (high - low) * 2 - 1``.

    Attributes:
        low: the least value of the region that was trained on [the scene's unit].
        high: the greatest.

    Source: AnyBand-Diff, A.3.
    """

    low: float
    high: float

    @model_validator(mode="after")
    def _has_width(self) -> "Normalisation":
        if self.low >= self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        return self

    @classmethod
    def of(cls, values: Float32[np.ndarray, "..."]) -> "Normalisation":
        """Return that of values, NaN left out."""
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        return cls(low=low, high=high if high > low else low + 1.0)

    @property
    def half(self) -> float:
        """What 1 is in the scene's unit."""
        return (self.high - self.low) / 2

    def forward(self, values: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """Return values of a scene, normalised."""
        return (values - self.low) / self.half - 1

    def inverse(self, values: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """Return normalised values as those of the scene."""
        return (values + 1) * self.half + self.low
