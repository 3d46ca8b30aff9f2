"""How far an image lies outside the reflectances that a surface can have."""

import math
from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.bands import Bands, image_bands
from physops.errors import DimensionError, NotFloatingError, ParameterError
from physops.operator import Operator, OperatorSpec, band_axis
from srf_library import Sensor

SPEC = OperatorSpec(
    name="valid_range",
    title="Distance from the range of valid reflectances",
    kind="constraint",
    formula="max(low - x, 0) + max(x - high, 0)",
    source="AnyBand-Diff, section 3.2 (valid reflectance ranges)",
)


@final
class ValidRange(Operator):
    """How far each entry lies outside a range; zero, and flat, inside it and at its ends.

    Entries that are not finite give NaN and no gradient.

    Args:
        bands: the bands of the images that it will be given; any, if left out.
        low: the least valid reflectance [1].
        high: the greatest; snow and glint exceed 1.

    Raises:
        ParameterError: unless low < high.

    >>> ValidRange()(torch.tensor([-0.25, 0.5, 1.5]), band_dim=0)
    tensor([0.2500, 0.0000, 0.5000])
    """

    def __init__(self, bands: Bands | None = None, *, low: float = 0.0, high: float = 1.0) -> None:
        super().__init__()
        if not (math.isfinite(low) and low < high < math.inf):
            raise ParameterError("low, high", (low, high), "two numbers, the lower one first")
        self.spec, self.low, self.high = SPEC, low, high
        self.band_count = None if bands is None else len(bands)

    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the distances, in the shape of an image ``(*batch, band, *space)``.

        Raises:
            DimensionError: if the image has no such dimension.
            BandCountError: if it has other bands than it was built for.
            NotFloatingError: if its values are whole numbers.
        """
        if self.band_count is not None:
            band_axis(x, band_dim, self.band_count)
        elif not -x.ndim <= band_dim < x.ndim:
            raise DimensionError(tuple(x.shape), band_dim)
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        # The slope of relu is zero at zero, that of clamp is one: no data are often zeros.
        outside = (self.low - x).relu() + (x - self.high).relu()
        return torch.where(torch.isfinite(x), outside, torch.nan)

    def nearest(self, x: Real[Tensor, "..."]) -> Real[Tensor, "..."]:
        """Return the nearest valid image; entries that are not finite stay as they are.

        >>> ValidRange().nearest(torch.tensor([-0.25, 0.5, 1.5]))
        tensor([0.0000, 0.5000, 1.0000])
        """
        return torch.where(torch.isfinite(x), x.clamp(self.low, self.high), x)

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        return f"{self.low:g} to {self.high:g}"


def valid_range(
    *,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    low: float = 0.0,
    high: float = 1.0,
) -> ValidRange:
    """Build the operator; without bands it takes images of any.

    Args:
        sensor: the sensor whose bands the image has, or one of its names.
        bands: the image's bands.
        wavelengths: the image's band centres [nm or µm, told by their size].
        low: the least valid reflectance [1].
        high: the greatest.

    Raises:
        TypeError: if the bands are given twice.
        ParameterError: unless low < high.
    """
    if sensor is None and bands is None and wavelengths is None:
        return ValidRange(low=low, high=high)
    image = image_bands(SPEC.name, sensor, bands, wavelengths)
    return ValidRange(image, low=low, high=high)
