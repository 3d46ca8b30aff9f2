"""The region-level term: how indices are distributed in patches (AnyBand-Diff, Eq. 7)."""

from collections.abc import Callable, Mapping, Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from physops.bands import Bands
from physops.distributions import (
    SoftHistogram,
    js_divergence,
    kl_divergence,
    log_kl_divergence,
    wasserstein_1,
)
from physops.errors import ParameterError
from physops.losses.index_ranges import index_ranges
from physops.losses.pair import known_in_both
from physops.losses.patches import cut_inside, random_corners
from physops.registry import indices
from srf_library import Sensor, UnknownNameError

Divergence = Callable[[SoftHistogram, Tensor, Tensor, Tensor], Tensor]


def _kl(histogram: SoftHistogram, p: Tensor, q: Tensor, mask: Tensor) -> Tensor:
    return kl_divergence(histogram(p, mask), histogram(q, mask))


def _log_kl(histogram: SoftHistogram, p: Tensor, q: Tensor, mask: Tensor) -> Tensor:
    return log_kl_divergence(histogram.log(p, mask), histogram.log(q, mask))


def _js(histogram: SoftHistogram, p: Tensor, q: Tensor, mask: Tensor) -> Tensor:
    return js_divergence(histogram(p, mask), histogram(q, mask))


def _w1(histogram: SoftHistogram, p: Tensor, q: Tensor, mask: Tensor) -> Tensor:
    return wasserstein_1(histogram(p, mask), histogram(q, mask), histogram.spacing)


DIVERGENCES: dict[str, Divergence] = {"log-kl": _log_kl, "kl": _kl, "js": _js, "w1": _w1}


@final
class RegionLoss(nn.Module):
    """The divergence of index distributions in patches, truth from estimate, on average.

    The indices are computed once, on the whole image, and the patches are cut from their maps.
    A pixel in which an index is not to be had, in either image, does not count for it, nor does
    a patch without any that is. Eq. 7 sums over the indices; here it is the mean over indices and
    patches, so that its weight does not depend on how many there are.

    Args:
        names: the indices, as `physops.indices` takes them.
        sensor: the bands of the images, as there.
        bands: the same.
        wavelengths: the same.
        patches: how many patches an image gets.
        size: how many rows, and columns, a patch has.
        ranges: where an index's values lie: ``{"EVI": (-1, 2)}``; -1 to 1 if left out. Values
            outside count at its ends, without a gradient: see `clipped`.
        bins: how many bins a range has.
        bandwidth: standard deviation of the kernel, as a share of a range [1].
        divergence: ``"log-kl"``, the paper's, computed in logarithms, so that it keeps its slope
            where the distributions do not overlap; ``"kl"``, the same without that, and faster;
            ``"js"``; or ``"w1"``, as a share of a range. All but the last are in nat.
        parameters: as those of `physops.indices`: constants, and ``scale=`` and ``offset=`` for
            digital numbers. Whether values can be reflectance is not checked, for an estimate may
            be anything while a model learns.

    Raises:
        IndexRangeError: if an index leaves -1 to 1, and no range is given.
        UnknownNameError: if there is no such index or divergence, or a range is for another index.
        DensityError: if a range is empty, or the bandwidth is less than a bin.
        ParameterError: if there are no patches, or they have no pixels, or an index is there twice.
        TypeError, MissingOperandError: as `physops.indices` does.

    Source: AnyBand-Diff, Eq. 7.
    """

    low: Tensor
    width: Tensor

    def __init__(
        self,
        names: Sequence[str],
        *,
        sensor: Sensor | str | None = None,
        bands: Bands | None = None,
        wavelengths: Sequence[float] | np.ndarray | None = None,
        patches: int = 8,
        size: int = 32,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        bins: int = 64,
        bandwidth: float = 0.02,
        divergence: str = "log-kl",
        **parameters: float,
    ) -> None:
        super().__init__()
        for name, value in (("patches", patches), ("size", size)):
            if not isinstance(value, int | np.integer) or value < 1:
                raise ParameterError(name, value, "a whole number, 1 or more")
        if divergence not in DIVERGENCES:
            raise UnknownNameError("a divergence", divergence, DIVERGENCES)
        self.patches, self.size, self.divergence = patches, size, divergence
        self.indices = indices(
            names, sensor=sensor, bands=bands, wavelengths=wavelengths, check=False, **parameters
        )
        self.ranges = index_ranges(self.indices, ranges or {})
        ends = torch.tensor(list(self.ranges.values()), dtype=torch.float64)
        self.register_buffer("low", ends[:, 0], persistent=False)
        self.register_buffer("width", ends[:, 1] - ends[:, 0], persistent=False)
        self.histogram = SoftHistogram(0.0, 1.0, bins, bandwidth)

    def forward(
        self,
        estimate: Float[Tensor, "..."],
        truth: Float[Tensor, "..."],
        mask: Bool[Tensor, "..."] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "*batch"]:
        """Return the loss of each image: the mean of `divergences`, zero if there are none.

        Args:
            estimate: ``(*batch, band, row, col)``.
            truth: the same.
            mask: True where a value counts, broadcast to the images.
            generator: where the places of the patches come from.

        Raises:
            PairError: if the shapes do not fit.
            PatchError: if a patch is larger than the image.
            NotFloatingError: if one of the images holds whole numbers.
            BandCountError: if they have other bands than the loss was built for.
        """
        found = self.divergences(estimate, truth, mask, generator=generator)
        counts = torch.isfinite(found)
        total = torch.where(counts, found, 0.0).sum(dim=(-2, -1))
        return total / counts.sum(dim=(-2, -1)).clamp(min=1)

    def divergences(
        self,
        estimate: Float[Tensor, "..."],
        truth: Float[Tensor, "..."],
        mask: Bool[Tensor, "..."] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "*batch index patch"]:
        """Return the divergence of each index in each patch; NaN where no pixel counts.

        Args:
            estimate: as in `forward`.
            truth: the same.
            mask: the same.
            generator: the same.
        """
        ours, theirs = known_in_both(estimate, truth, mask)
        corners = random_corners(estimate, self.patches, self.size, generator)
        q, p = (self._cut(self._placed(image), corners) for image in (ours, theirs))
        counts = torch.isfinite(p) & torch.isfinite(q)
        apart = DIVERGENCES[self.divergence](self.histogram, p, q, counts)
        return torch.where(counts.any(dim=-1), apart, torch.nan)

    def clipped(self, images: Float[Tensor, "..."]) -> dict[str, float]:
        """Return the share of each index's values that lie outside its range [1].

        Args:
            images: ``(*batch, band, row, col)``.
        """
        with torch.no_grad():
            values = self._placed(images).movedim(-3, 0).flatten(start_dim=1)
            shares = self.histogram.clipped(values)
        return dict(zip(self.ranges, shares.tolist(), strict=True))

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        return (
            f"{', '.join(self.ranges)}; {self.patches} patches of {self.size} x {self.size}, "
            f"{self.divergence}"
        )

    def _placed(self, images: Tensor) -> Float[Tensor, "*batch index row col"]:
        """Return the indices as shares of the way through their ranges."""
        low, width = self.low[:, None, None], self.width[:, None, None]
        maps = self.indices(images)
        return (maps - low.to(maps)) / width.to(maps)

    def _cut(self, maps: Tensor, corners: Tensor) -> Float[Tensor, "*batch index patch value"]:
        return cut_inside(maps, corners, self.size).flatten(start_dim=-2).transpose(-3, -2)
