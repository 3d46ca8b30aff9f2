"""How deep a spectrum dips below the straight line between the shoulders of an absorption."""

from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from physops import Bands, MissingBandError, Operator, OperatorSpec
from physops.errors import MissingOperandError, NotFloatingError
from physops.operator import band_axis

# How far from a shoulder the nearest band may lie [nm].
TOLERANCE_NM = 10.0

SPEC = OperatorSpec(
    name="band_depth",
    title="Depth of an absorption band after its continuum is removed",
    kind="absorption",
    formula="max_j 1 - x[j] / c[j], c the straight line between the shoulders",
    degree=0,
    source="Clark & Roush, Reflectance spectroscopy: quantitative analysis techniques for remote "
    "sensing applications, 1984",
)


@final
class BandDepth(Operator):
    """``D = max_j (1 - x_j / c_j)`` over the bands j between two shoulders [1].

    The continuum c is the straight line through the spectrum at the bands nearest to the
    shoulders, so that D is 0 where nothing absorbs, and does not change with the scale of x. A
    pixel in which one of these bands is not finite, or c is not positive, gives NaN and no
    gradient, and leaves its neighbours alone.

    Args:
        bands: the bands of the images that it will be given; those that are not good are not used.
        left: the shoulder on the short side [nm]; the default is that of chlorophyll at 680 nm.
        right: the shoulder on the long side [nm].

    Attributes:
        channels: the bands from shoulder to shoulder, by wavelength.

    Raises:
        MissingBandError: if no good band lies within 10 nm of a shoulder.
        MissingOperandError: if none lies between them.

    Source: Clark & Roush, Reflectance spectroscopy, 1984.
    """

    def __init__(self, bands: Bands, left: float = 550.0, right: float = 760.0) -> None:
        super().__init__()
        self.spec, self.band_count = SPEC, len(bands)
        first, last = _shoulder(bands, left), _shoulder(bands, right)
        wavelength = bands.wavelength
        inside = (wavelength > wavelength[first]) & (wavelength < wavelength[last]) & bands.good
        if not inside.any():
            lacking = f"a band between {left:g} and {right:g} nm"
            raise MissingOperandError("band_depth", [lacking], "give an image that has one")
        between = np.flatnonzero(inside)
        between = between[np.argsort(wavelength[between])]
        self.channels = [first, *between.tolist(), last]
        places = torch.from_numpy(wavelength[self.channels])
        # Where each band lies on the way from shoulder to shoulder, in double precision.
        self.share = (places - places[0]) / (places[-1] - places[0])

    def forward(self, x: Float[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the depth in an image ``(*batch, band, *space)``, without its band axis.

        Raises:
            DimensionError: if the image has no such dimension.
            BandCountError: if it has another number of bands.
            NotFloatingError: if it holds whole numbers.
        """
        dim = band_axis(x, band_dim, self.band_count)
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        spectra = x.movedim(dim, -1)[..., self.channels]
        there = torch.isfinite(spectra).all(-1) & (spectra[..., 0] > 0) & (spectra[..., -1] > 0)
        # What is not there is replaced before the division, or its gradient would be NaN.
        spectra = torch.where(there.unsqueeze(-1), spectra, 1.0)
        continuum = torch.lerp(spectra[..., :1], spectra[..., -1:], self.share.to(x))
        depth = (1 - spectra / continuum).amax(-1)
        return torch.where(there, depth, torch.nan)


def _shoulder(bands: Bands, nm: float) -> int:
    distance = np.where(bands.good, np.abs(bands.wavelength - nm), np.inf)
    nearest = int(np.argmin(distance))
    if not distance[nearest] <= TOLERANCE_NM:
        raise MissingBandError("band_depth", nm, float(bands.wavelength[nearest]), TOLERANCE_NM)
    return nearest
