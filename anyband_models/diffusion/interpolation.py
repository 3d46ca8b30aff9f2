"""Straight lines in wavelength, on tensors, and how far away their ends are."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor


class Line(NamedTuple):
    """What straight lines through the observed bands make of images.

    Attributes:
        value: the observed value, the line, or the nearest observed value outside all of them; 0
            where a pixel has none.
        near: distance to the nearest observed band [nm]; 0 where observed, infinite without any.
        far: to the nearest on the other side; infinite if there is none.
    """

    value: Float[Tensor, "*image"]
    near: Float[Tensor, "*image"]
    far: Float[Tensor, "*image"]


def straight_lines(
    values: Float[Tensor, "band *space"],
    observed: Bool[Tensor, "band *mask"],
    wavelength: Float[Tensor, " band"],
) -> Line:
    """Interpolate an image.

    Args:
        values: finite where observed.
        observed: of the same shape, or with 1 row and 1 column if all pixels lack the same bands.
        wavelength: band centres [nm], in any order.

    >>> line = straight_lines(
    ...     torch.tensor([1.0, 0.0, 4.0])[:, None],
    ...     torch.tensor([True, False, True])[:, None],
    ...     torch.tensor([500.0, 510.0, 530.0]),
    ... )
    >>> line.value.flatten(), line.near.flatten(), line.far.flatten()
    (tensor([1., 2., 4.]), tensor([ 0., 10.,  0.]), tensor([ 0., 20.,  0.]))
    """
    order = torch.argsort(wavelength, stable=True)
    back = torch.argsort(order)
    nm, seen = wavelength[order], observed[order]
    # An end that is not there is looked at and not used; it must not be NaN.
    sorted_ = torch.where(seen, values[order], 0.0)
    count = len(nm)
    shape = (count,) + (1,) * (seen.ndim - 1)
    number = torch.arange(count).reshape(shape)
    before = torch.where(seen, number, -1).cummax(dim=0).values
    after = torch.where(seen, number, count).flip(0).cummin(dim=0).values.flip(0)
    left, right = before >= 0, after < count
    low, high = before.clamp(min=0), after.clamp(max=count - 1)
    here = nm.reshape(shape)
    to_left = torch.where(left, here - nm[low], torch.inf)
    to_right = torch.where(right, nm[high] - here, torch.inf)
    step = torch.where(left & right, to_left + to_right, 1.0).clamp(min=1e-9)
    share = torch.where(left & right, to_left / step, torch.where(left, 0.0, 1.0))
    share = share.to(values.dtype)
    start, end = (torch.take_along_dim(sorted_, place, dim=0) for place in (low, high))
    value = torch.where(left | right, start + share * (end - start), 0.0)
    near, far = torch.minimum(to_left, to_right), torch.maximum(to_left, to_right)
    far = torch.where(seen, 0.0, far)
    return Line(value[back], near[back].to(values.dtype), far[back].to(values.dtype))
