"""How the bands of an image vary together, and how far that is from what is known of them."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float, Real
from torch import Tensor

from physops.autocast import full_precision
from physops.bands import Bands, image_bands
from physops.errors import (
    DimensionError,
    NoPixelsError,
    NotFloatingError,
    NotTensorError,
    PriorError,
)
from physops.operator import Operator, OperatorSpec, band_axis
from srf_library import Sensor

# Noise of a good sensor, in reflectance: what varies less than this does not vary.
FLOOR = 1e-3
SPEC = OperatorSpec(
    name="band_correlation",
    title="Correlation matrix of the bands",
    kind="statistic",
    formula="cov(x_i, x_j) / sqrt((var(x_i) + floor²) (var(x_j) + floor²))",
    source="AnyBand-Diff, Eq. 6, with a floor and with masks",
)


def band_correlation(
    x: Real[Tensor, "..."],
    mask: Bool[Tensor, "..."] | None = None,
    *,
    floor: float = FLOOR,
    band_dim: int = -3,
) -> Float[Tensor, "*batch band band"]:
    """Return Pearson's correlation of each two bands, over the pixels in which both are known.

    Each standard deviation is taken as ``sqrt(variance + floor ** 2)``, so that a band that does
    not vary has correlation 0, and a finite gradient, where the plain formula has 0 / 0. Two
    bands that share no two pixels have NaN, and no gradient.

    Args:
        x: an image ``(*batch, band, *space)``, with at least one dimension of space after the
            bands: all dimensions after the bands are pixels, those before are images.
        mask: True where a value counts, broadcast to the image; values that are not finite never
            do.
        floor: the least standard deviation that means anything [the image's unit].
        band_dim: the dimension that holds the bands.

    Raises:
        DimensionError: if the image has no such dimension.
        NoPixelsError: if it has no dimension of pixels after the bands.
        NotTensorError: if it is no tensor.
        NotFloatingError: if it holds whole numbers.

    Source: AnyBand-Diff, Eq. 6, with the floor and the masks.

    >>> x = torch.tensor([[0.1, 0.2, 0.3], [0.6, 0.4, 0.2], [0.5, 0.5, 0.5]])
    >>> band_correlation(x, band_dim=0).round(decimals=2) + 0.0
    tensor([[ 1., -1.,  0.],
            [-1.,  1.,  0.],
            [ 0.,  0.,  0.]])
    """
    if not isinstance(x, Tensor):
        raise NotTensorError(type(x))
    if not x.is_floating_point():
        raise NotFloatingError(x.dtype)
    if not -x.ndim <= band_dim < x.ndim:
        raise DimensionError(tuple(x.shape), band_dim)
    if band_dim % x.ndim == x.ndim - 1:
        raise NoPixelsError(tuple(x.shape), band_dim)
    known = torch.isfinite(x) if mask is None else torch.isfinite(x) & mask
    # A `where` before anything else keeps what is not finite out of the gradient.
    values = torch.where(known, x, 0.0).flatten(start_dim=band_dim % x.ndim + 1)
    if values.dtype in (torch.float16, torch.bfloat16):
        values = values.float()
    weight = known.flatten(start_dim=band_dim % x.ndim + 1).to(values)
    # About each band's mean, for sums of squares lose what they differ by if they are large.
    mean = values.sum(dim=-1, keepdim=True) / weight.sum(dim=-1, keepdim=True).clamp(min=1)
    with full_precision(x.device):
        return _pairwise((values - mean) * weight, weight, floor).to(x.dtype)


def _pairwise(
    centred: Float[Tensor, "*batch band pixel"],
    weight: Float[Tensor, "*batch band pixel"],
    floor: float,
) -> Float[Tensor, "*batch band band"]:
    count = weight @ weight.mT
    enough = count >= 2
    safe = torch.where(enough, count, 1.0)
    # Row i, column j: the mean of band i over the pixels that it shares with band j.
    mean = centred @ weight.mT / safe
    covariance = centred @ centred.mT / safe - mean * mean.mT
    variance = ((centred**2) @ weight.mT / safe - mean**2).clamp(min=0) + floor**2
    return torch.where(enough, covariance / (variance * variance.mT).sqrt(), torch.nan)


def correlation_loss(
    x: Float[Tensor, "..."],
    prior: Float[Tensor, "... band band"],
    mask: Bool[Tensor, "..."] | None = None,
    *,
    floor: float = FLOOR,
    band_dim: int = -3,
    per_pair: bool = False,
) -> Float[Tensor, "*batch"]:
    """Return the squared Frobenius distance of the bands' correlations from a prior [1].

    Pairs of bands of which nothing is known, in the image or in the prior (NaN), do not count.

    Args:
        x: an image, as in `band_correlation`.
        prior: the correlations that are expected, one matrix for all images or one each:
            `physops.priors.library_prior`, or `band_correlation` of another image of the place.
        mask: as in `band_correlation`.
        floor: as in `band_correlation`; the prior should have been made with the same.
        band_dim: as in `band_correlation`.
        per_pair: whether to take the mean over the pairs that count, which does not grow with the
            number of bands, in place of the paper's sum.

    Raises:
        PriorError: if the prior is one of other bands.
        DimensionError, NoPixelsError, NotFloatingError: as `band_correlation` does.

    Source: AnyBand-Diff, Eq. 6.
    """
    correlation = band_correlation(x, mask, floor=floor, band_dim=band_dim)
    if prior.shape[-2:] != correlation.shape[-2:]:
        raise PriorError(tuple(prior.shape[-2:]), correlation.shape[-1])
    apart = correlation - prior.to(correlation)
    counts = torch.isfinite(apart)
    total = torch.where(counts, apart, 0.0).square().sum(dim=(-2, -1))
    return total / counts.sum(dim=(-2, -1)).clamp(min=1) if per_pair else total


@final
class BandCorrelation(Operator):
    """The correlation matrix of an image's bands, as an operator.

    Args:
        bands: the image's bands, of which those that are not good have NaN; any, if left out.
        floor: as in `band_correlation`.

    >>> BandCorrelation()(torch.rand(2, 5, 8, 8)).shape
    torch.Size([2, 5, 5])
    """

    def __init__(self, bands: Bands | None = None, *, floor: float = FLOOR) -> None:
        super().__init__()
        self.spec, self.floor = SPEC, floor
        self.good = None if bands is None else torch.from_numpy(np.array(bands.good))

    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return ``(*batch, band, band)`` of an image ``(*batch, band, *space)``.

        Raises:
            BandCountError: if it has other bands than it was built for.
            DimensionError, NoPixelsError, NotFloatingError: as `band_correlation` does.
        """
        if self.good is None:
            return band_correlation(x, floor=self.floor, band_dim=band_dim)
        dim = band_axis(x, band_dim, len(self.good))
        usable = self.good.to(x.device).reshape(-1, *[1] * (x.ndim - dim - 1))
        return band_correlation(x, usable, floor=self.floor, band_dim=band_dim)


def correlation(
    *,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    floor: float = FLOOR,
) -> BandCorrelation:
    """Build the operator; without bands it takes images of any.

    Args:
        sensor: the sensor whose bands the image has, or one of its names.
        bands: the image's bands.
        wavelengths: the image's band centres [nm or µm, told by their size].
        floor: as in `band_correlation`.

    Raises:
        TypeError: if the bands are given twice.
    """
    if sensor is None and bands is None and wavelengths is None:
        return BandCorrelation(floor=floor)
    return BandCorrelation(image_bands(SPEC.name, sensor, bands, wavelengths), floor=floor)
