"""The paper's multi-scale physical loss, and each of its terms (AnyBand-Diff, section 3.3)."""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from physops.losses.image import ImageLoss as ImageLoss
    from physops.losses.multi_scale import MultiScaleLoss as MultiScaleLoss
    from physops.losses.patches import cut_patches as cut_patches
    from physops.losses.patches import random_corners as random_corners
    from physops.losses.pixel import PixelLoss as PixelLoss
    from physops.losses.region import RegionLoss as RegionLoss

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "ImageLoss": "physops.losses.image",
        "MultiScaleLoss": "physops.losses.multi_scale",
        "PixelLoss": "physops.losses.pixel",
        "RegionLoss": "physops.losses.region",
        "cut_patches": "physops.losses.patches",
        "random_corners": "physops.losses.patches",
    },
)
