"""What an operator is: a differentiable function of an image's bands, and its card."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from pydantic import BaseModel
from torch import Tensor, nn


class OperatorSpec(BaseModel, frozen=True, extra="forbid"):
    """What is known of an operator before it is built.

    Attributes:
        name: the name it is asked for by.
        title: its name in the field.
        operands: the bands that it needs, by common name.
        formula: the formula in these operands.
        source: author, title, year, equation.
    """

    name: str
    title: str
    operands: tuple[str, ...]
    formula: str
    source: str


class Operator(nn.Module, ABC):
    """A differentiable operator over the band axis of an image."""

    spec: OperatorSpec

    @abstractmethod
    def forward(self, x: Float[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Apply the operator to an image ``(*batch, band, *space)``."""
