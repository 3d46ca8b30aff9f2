"""A prior from spectra, or scenes, of one's own."""

from jaxtyping import Bool, Float
from torch import Tensor

from physops.correlation import FLOOR, band_correlation
from physops.errors import DimensionError, NotTensorError


def correlation_prior(
    data: Float[Tensor, "..."],
    mask: Bool[Tensor, "..."] | None = None,
    *,
    band_dim: int = -3,
    floor: float = FLOOR,
) -> Float[Tensor, "band band"]:
    """Return the correlations of bands over all pixels of all images, or over spectra.

    Args:
        data: images ``(*batch, band, *space)``; or spectra ``(spectrum, band)``, with
            ``band_dim=-1``.
        mask: True where a value counts, broadcast to the data; what is not finite never does.
        band_dim: the dimension that holds the bands.
        floor: as in `physops.correlation.band_correlation`.

    Raises:
        DimensionError: if the data have no such dimension, or no other.
        NotTensorError: if they are no tensor.
        NotFloatingError: if they hold whole numbers.

    >>> import torch
    >>> correlation_prior(torch.tensor([[0.1, 0.4], [0.2, 0.3], [0.3, 0.2]]), band_dim=-1).round()
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if not isinstance(data, Tensor):
        raise NotTensorError(type(data), "the prior")
    if data.ndim < 2 or not -data.ndim <= band_dim < data.ndim:
        raise DimensionError(tuple(data.shape), band_dim)
    rows = data.detach().movedim(band_dim, 0).flatten(start_dim=1)
    if mask is not None:
        mask = mask.expand(data.shape).movedim(band_dim, 0).flatten(start_dim=1)
    return band_correlation(rows, mask, floor=floor, band_dim=0)
