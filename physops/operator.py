"""What an operator is: a differentiable function of an image's bands, and its card."""

from abc import ABC, abstractmethod

from jaxtyping import Float, Real
from pydantic import BaseModel
from torch import Tensor, nn

from physops.errors import BandCountError, DimensionError, NotTensorError


class OperatorSpec(BaseModel, frozen=True, extra="forbid"):
    """What is known of an operator before it is built.

    Attributes:
        name: the name it is asked for by.
        title: its name in the field.
        kind: what sort of operator it is: ``index``, ``resampling``, ...
        formula: the formula in its operands.
        operands: what it is computed from: letters for bands, as R, or wavelengths, as R531.
        constants: the formula's constants, and what they are if nobody says otherwise.
        domain: what it is used for: vegetation, water, ...
        degree: how it changes if all reflectances are multiplied with s: as s ** degree; None if
            it does so in no such way, and needs true reflectance.
        source: author, title, year, equation, or an address.
        reason: why it differs from the catalogue that it was taken from.
    """

    name: str
    title: str
    kind: str
    formula: str
    operands: tuple[str, ...] = ()
    constants: dict[str, float] = {}
    domain: str = ""
    degree: int | None = None
    source: str
    reason: str = ""


def band_axis(x: Tensor, band_dim: int, bands: int) -> int:
    """Return the dimension of a tensor that holds its bands, counted from the front.

    Raises:
        NotTensorError: if it is no tensor.
        DimensionError: if it has no such dimension.
        BandCountError: if that does not have so many bands.
    """
    if not isinstance(x, Tensor):
        raise NotTensorError(type(x))
    if not -x.ndim <= band_dim < x.ndim:
        raise DimensionError(tuple(x.shape), band_dim)
    if x.shape[band_dim] != bands:
        raise BandCountError(bands, x.shape[band_dim], band_dim)
    return band_dim % x.ndim


class Operator(nn.Module, ABC):
    """A differentiable operator over the band axis of an image."""

    spec: OperatorSpec

    @abstractmethod
    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Apply the operator to an image ``(*batch, band, *space)``."""
