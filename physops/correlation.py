"""How the bands of an image vary together, and how far that is from what is known of them."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from physops.errors import BandCountError, DimensionError, NoPixelsError, NotFloatingError

# Noise of a good sensor, in reflectance: what varies less than this does not vary.
FLOOR = 1e-3


def band_correlation(
    x: Float[Tensor, "..."],
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
        NotFloatingError: if it holds whole numbers.

    Source: AnyBand-Diff, Eq. 6, with the floor and the masks.

    >>> x = torch.tensor([[0.1, 0.2, 0.3], [0.6, 0.4, 0.2], [0.5, 0.5, 0.5]])
    >>> band_correlation(x, band_dim=0).round(decimals=2) + 0.0
    tensor([[ 1., -1.,  0.],
            [-1.,  1.,  0.],
            [ 0.,  0.,  0.]])
    """
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
    prior: Float[Tensor, "band band"],
    mask: Bool[Tensor, "..."] | None = None,
    *,
    floor: float = FLOOR,
    band_dim: int = -3,
) -> Float[Tensor, "*batch"]:
    """Return the squared Frobenius distance of the bands' correlations from a prior [1].

    Pairs of bands of which nothing is known, in the image or in the prior (NaN), do not count.

    Args:
        x: an image, as in `band_correlation`.
        prior: the correlations that are expected: `band_correlation` of spectra of such surfaces,
            or of another image of the place.
        mask: as in `band_correlation`.
        floor: as in `band_correlation`; the prior should have been made with the same.
        band_dim: as in `band_correlation`.

    Raises:
        BandCountError: if the prior is one of other bands.
        DimensionError, NoPixelsError, NotFloatingError: as `band_correlation` does.

    Source: AnyBand-Diff, Eq. 6.
    """
    correlation = band_correlation(x, mask, floor=floor, band_dim=band_dim)
    if prior.shape != correlation.shape[-2:]:
        raise BandCountError(prior.shape[-1], correlation.shape[-1], band_dim)
    apart = correlation - prior.to(correlation)
    return torch.where(torch.isfinite(apart), apart, 0.0).square().sum(dim=(-2, -1))
