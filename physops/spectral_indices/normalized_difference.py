"""The normalized difference of two bands, in the form that the paper trains with."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.bands import Bands
from physops.errors import NotFloatingError, UnknownParameterError, VariantError
from physops.operator import Operator, OperatorSpec, band_axis

EPSILON = 1e-6
VARIANT = "anyband"

SPECS = {
    "ndvi": OperatorSpec(
        name="ndvi",
        title="Normalized Difference Vegetation Index",
        kind="index",
        domain="vegetation",
        operands=("nir", "red"),
        formula="(nir - red + e) / (nir + red + e)",
        source="Rouse et al., Monitoring vegetation systems in the Great Plains with ERTS, 1974; "
        "e as in AnyBand-Diff, Eq. 10",
    ),
    "ndwi": OperatorSpec(
        name="ndwi",
        title="Normalized Difference Water Index",
        kind="index",
        domain="water",
        operands=("green", "nir"),
        formula="(green - nir + e) / (green + nir + e)",
        source="McFeeters, The use of the NDWI in the delineation of open water features, 1996; "
        "e as in AnyBand-Diff, Eq. 10",
    ),
}


def variant(name: str, form: str) -> Callable[..., "NormalizedDifference"]:
    """Return what builds an index in another form than the catalogue's, of the image's bands.

    It raises an UnknownParameterError if it is given anything besides.

    Raises:
        VariantError: if the index has no such form.
    """
    key = name.casefold()
    if form != VARIANT or key not in SPECS:
        raise VariantError(name, form, [VARIANT] if key in SPECS else [])

    def build(bands: Bands, **parameters: object) -> NormalizedDifference:
        if parameters:
            raise UnknownParameterError(name, form, parameters)
        return NormalizedDifference(SPECS[key], bands)

    return build


@final
class NormalizedDifference(Operator):
    """``(a - b + e) / (a + b + e)`` of two bands [1], with ``e = 1e-6``.

    The scale of the input cancels but for ``e``; an offset does not, so radiance and digital
    numbers give an index of their own, and a pixel of zeros gives 1, for e is in the numerator,
    too. A pixel that is not finite, or whose sum with e is zero, gives NaN and no gradient, and
    leaves its neighbours alone.

    Args:
        spec: which index, and so which two bands.
        bands: the bands of the images that it will be given.

    Raises:
        MissingBandError: if the bands lack one of the two.

    Source: AnyBand-Diff, Eq. 10.
    """

    def __init__(self, spec: OperatorSpec, bands: Bands) -> None:
        super().__init__()
        self.spec, self.band_count = spec, len(bands)
        self.first, self.second = (bands.channel(name) for name in spec.operands)
        self.wavelengths = tuple(float(bands.wavelength[n]) for n in (self.first, self.second))

    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the index of an image ``(*batch, band, *space)``, without its band axis.

        Raises:
            DimensionError: if the image has no such dimension.
            BandCountError: if the image has another number of bands.
            NotFloatingError: if it holds whole numbers.
        """
        dim = band_axis(x, band_dim, self.band_count)
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        a, b = x.select(dim, self.first), x.select(dim, self.second)
        total = a + b + EPSILON
        valid = torch.isfinite(a) & torch.isfinite(b) & (total != 0)
        # Both branches of a `where` are differentiated: the denominator must be safe in each.
        safe = torch.where(valid, total, torch.ones_like(total))
        zero = torch.zeros_like(total)
        difference = torch.where(valid, a, zero) - torch.where(valid, b, zero)
        ratio = (difference + EPSILON) / safe
        return torch.where(valid, ratio, torch.full_like(ratio, torch.nan))

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        placed = zip(self.spec.operands, self.wavelengths, strict=True)
        bands = ", ".join(f"{name}: {nm:.0f} nm" for name, nm in placed)
        return f"{self.spec.name} = {self.spec.formula}; {bands}"
