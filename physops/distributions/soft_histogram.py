"""A kernel density estimate on a grid: binned first, then smoothed, so that it is fast."""

import math
from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from physops.autocast import full_precision
from physops.distributions.binning import MARGIN, Basis, basis_variance, counts
from physops.errors import DensityError, NotFloatingError, NotTensorError

# A bandwidth of less lets the grid show through [spacings].
NARROWEST = 1.0


@final
class SoftHistogram(nn.Module):
    """The kernel density estimate of values, at the centres of bins, with unit sum.

    Each value is shared out over the bins beside it, and the bins are smoothed with a Gaussian
    that is narrower by the variance of the sharing: N values cost N + bins ** 2, not N * bins.
    Values outside the range count in it at its ends; values that are not finite, or are masked,
    count nowhere and get no gradient. A row without a value is zero in every bin. Half precision
    is computed, and comes out, in single.

    Args:
        low: where the range begins [the values' unit].
        high: where it ends.
        bins: how many bins the range has.
        bandwidth: standard deviation of the kernel [the values' unit]; two bins if left out.
        basis: ``"bspline3"``, twice differentiable; ``"linear"``, faster and less exact.

    Attributes:
        centres: the middles of the bins.

    Raises:
        DensityError: if the range is empty, there are too few bins, or the bandwidth is less than
            a bin.

    Source: Silverman, Density Estimation for Statistics and Data Analysis, 1986, section 3.5
    (binning before smoothing); AnyBand-Diff, Eq. 7.

    >>> histogram = SoftHistogram(-1, 1, bins=4)
    >>> histogram(torch.tensor([0.0, 0.0, torch.nan])).sum().item()
    1.0
    """

    centres: Tensor
    offsets: Tensor

    def __init__(
        self,
        low: float,
        high: float,
        bins: int = 128,
        bandwidth: float | None = None,
        basis: Basis = "bspline3",
    ) -> None:
        super().__init__()
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise DensityError(f"the range runs from {low:g} to {high:g}; give low < high")
        if not isinstance(bins, int | np.integer) or bins < 2:
            raise DensityError(f"there are {bins} bins; give a whole number, two or more")
        if basis not in ("linear", "bspline3"):
            raise DensityError(f"the basis is {basis!r}; choose 'linear' or 'bspline3'")
        self.low, self.high, self.bins, self.basis = low, high, bins, basis
        self.spacing = (high - low) / bins
        self.bandwidth = 2 * self.spacing if bandwidth is None else bandwidth
        if not NARROWEST * self.spacing <= self.bandwidth < math.inf:
            raise DensityError(
                f"the bandwidth {self.bandwidth:g} is less than a bin, {self.spacing:g}; give more "
                "bins, or a larger bandwidth"
            )
        nodes = torch.arange(-MARGIN, bins + MARGIN, dtype=torch.float64)
        apart = (nodes[:, None] - nodes[MARGIN:-MARGIN]) * self.spacing
        variance = self.bandwidth**2 - basis_variance(basis) * self.spacing**2
        self.register_buffer("offsets", -(apart**2) / (2 * variance), persistent=False)
        centres = low + (nodes[MARGIN:-MARGIN] + 0.5) * self.spacing
        self.register_buffer("centres", centres, persistent=False)

    def forward(
        self,
        values: Float[Tensor, "*batch value"],
        mask: Bool[Tensor, "*#batch value"] | None = None,
    ) -> Float[Tensor, "*batch bin"]:
        """Return the share of each bin.

        Args:
            values: rows of values, in any order.
            mask: True where a value counts.

        Raises:
            NotTensorError: if the values are no tensor.
            NotFloatingError: if the values are whole numbers.
        """
        counted = self._counts(values, mask)
        with full_precision(counted.device):
            smooth = counted @ self.offsets.exp().to(counted)
        total = smooth.sum(dim=-1, keepdim=True)
        # Both branches of a `where` are differentiated: an empty row must be safe in each.
        return (smooth / torch.where(total > 0, total, 1.0)).reshape(*values.shape[:-1], self.bins)

    def log(
        self,
        values: Float[Tensor, "*batch value"],
        mask: Bool[Tensor, "*#batch value"] | None = None,
    ) -> Float[Tensor, "*batch bin"]:
        """Return the logarithm of each bin's share, which does not run out of range.

        So far from every value that its share is zero in floating point, a bin still has a
        logarithm, and a slope that tells where the values lie. It takes ``bins ** 2`` numbers
        for each row. A row without a value is -inf in every bin.

        Args:
            values: as in `forward`.
            mask: as in `forward`.
        """
        counted = self._counts(values, mask)[:, :, None]
        occupied, offsets = counted > 0, self.offsets.to(counted)
        exponent = torch.where(occupied, offsets, -torch.inf)
        largest = exponent.max(dim=-2, keepdim=True).values
        largest = torch.where(torch.isfinite(largest), largest, 0.0)
        summed = (counted * (exponent - largest).exp()).sum(dim=-2)
        there = summed > 0
        logs = torch.where(there, summed, 1.0).log() + largest.squeeze(-2)
        logs = torch.where(there, logs, -torch.inf)
        total = torch.logsumexp(torch.where(there, logs, 0.0), dim=-1, keepdim=True)
        return torch.where(there, logs - total, -torch.inf).reshape(*values.shape[:-1], self.bins)

    def clipped(self, values: Float[Tensor, "*batch value"]) -> Float[Tensor, "*batch"]:
        """Return the share of the finite values that lie outside the range [1]."""
        finite = torch.isfinite(values)
        outside = finite & ((values < self.low) | (values > self.high))
        return outside.sum(dim=-1) / finite.sum(dim=-1).clamp(min=1)

    def _counts(self, values: Tensor, mask: Tensor | None) -> Float[Tensor, "row node"]:
        if not isinstance(values, Tensor):
            raise NotTensorError(type(values), "the histogram")
        if not values.is_floating_point():
            raise NotFloatingError(values.dtype)
        rows = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
        if rows.dtype in (torch.float16, torch.bfloat16):
            rows = rows.float()
        counts_ = torch.isfinite(rows)
        if mask is not None:
            counts_ = counts_ & mask.expand(values.shape).reshape(rows.shape)
        place = (rows - self.low) / self.spacing + (MARGIN - 0.5)
        inside = torch.where(counts_, place, MARGIN).clamp(MARGIN - 0.5, MARGIN + self.bins - 0.5)
        return counts(inside, counts_.to(rows.dtype), self.bins + 2 * MARGIN, self.basis)

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        return (
            f"{self.bins} bins from {self.low:g} to {self.high:g}, bandwidth {self.bandwidth:g}, "
            f"{self.basis}"
        )
