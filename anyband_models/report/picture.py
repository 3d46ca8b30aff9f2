"""Arrays as PNG pictures that stand inside the page."""

from base64 import b64encode
from io import BytesIO

import numpy as np
from jaxtyping import Float, UInt8


def picture_of_colours(rgb: Float[np.ndarray, "y x 3"]) -> str:
    """Return the address of a picture, ``data:image/png;base64,...``; NaN is left clear."""
    seen = np.isfinite(rgb).all(axis=-1, keepdims=True)
    rgba = np.concatenate([np.where(seen, rgb, 0), seen], axis=-1)
    return _png(np.rint(255 * rgba).astype(np.uint8))


def picture_of_values(values: Float[np.ndarray, "y x"], high: float, colours: str) -> str:
    """Return a picture of values, 0 to ``high`` drawn in a colour map of matplotlib.

    What lies beyond ``high`` has the last colour; NaN is left clear.
    """
    from matplotlib import colormaps

    seen = np.isfinite(values)
    share = np.clip(np.where(seen, values, 0) / high, 0, 1)
    rgba = colormaps[colours](share, bytes=True)
    rgba[~seen] = 0
    return _png(rgba)


def colour_bar(colours: str) -> str:
    """Return a picture of a colour map, one pixel high."""
    return picture_of_values(np.linspace(0, 1, 256).reshape(1, -1), 1.0, colours)


def _png(rgba: UInt8[np.ndarray, "y x 4"]) -> str:
    from matplotlib.image import imsave

    png = BytesIO()
    imsave(png, rgba, format="png")
    return "data:image/png;base64," + b64encode(png.getvalue()).decode("ascii")
