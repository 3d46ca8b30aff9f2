"""Two images of one place, and what is known of both."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from physops.errors import MaskError, NotFloatingError, NotTensorError, PairError


def check_pair(estimate: Tensor, truth: Tensor, mask: Tensor | None) -> None:
    """Refuse what is not two images ``(*batch, band, row, col)`` of one shape, and their mask.

    Raises:
        PairError: if the shapes do not fit.
        NotTensorError: if one of the images is no tensor.
        NotFloatingError: if one of them holds whole numbers.
        MaskError: if the mask is no tensor of truth values.
    """
    for image in (estimate, truth):
        if not isinstance(image, Tensor):
            raise NotTensorError(type(image), "the loss")
        if not image.is_floating_point():
            raise NotFloatingError(image.dtype)
    if mask is not None and not (isinstance(mask, Tensor) and mask.dtype == torch.bool):
        raise MaskError(mask.dtype if isinstance(mask, Tensor) else type(mask))
    shape, hidden = tuple(estimate.shape), None if mask is None else tuple(mask.shape)
    fits = shape == tuple(truth.shape) and len(shape) >= 3
    if not fits or (hidden is not None and not _broadcasts(hidden, shape)):
        raise PairError(shape, tuple(truth.shape), hidden)


def known_in_both(
    estimate: Float[Tensor, "..."],
    truth: Float[Tensor, "..."],
    mask: Bool[Tensor, "..."] | None = None,
) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
    """Return both images, NaN where one is not finite or the mask is False.

    Args:
        estimate: an image ``(*batch, band, row, col)``.
        truth: another of its shape.
        mask: True where a value counts, broadcast to the images.

    Raises:
        PairError, NotTensorError, NotFloatingError, MaskError: as `check_pair` does.
    """
    check_pair(estimate, truth, mask)
    known = torch.isfinite(estimate) & torch.isfinite(truth)
    if mask is not None:
        known = known & mask
    return torch.where(known, estimate, torch.nan), torch.where(known, truth, torch.nan)


def _broadcasts(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(small, large) == large
    except ValueError:
        return False
