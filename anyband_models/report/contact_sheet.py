"""A contact sheet: many small pictures beside each other, each with its label."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_INCHES, LABEL_LINE_INCHES, DOTS_PER_INCH = 1.7, 0.17, 120
FONT_POINTS = 7


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    Attributes:
        image: colours (y, x, 3) of 0 to 1, or values (y, x); NaN is left white.
        label: what stands above it, in lines.
        limits: of the values that have the first and the last colour.
        colours: a colour map of matplotlib, for values.
    """

    image: Float[np.ndarray, "y x *channel"]
    label: str
    limits: tuple[float, float] = (0.0, 1.0)
    colours: str = "gray"


def contact_sheet(title: str, rows: Sequence[Sequence[Panel | None]]) -> bytes:
    """Return a sheet as PNG.

    Args:
        title: stands above all.
        rows: of panels, None where a place stays empty.
    """
    from matplotlib.figure import Figure

    lines = [max((p.label.count("\n") + 1 for p in row if p), default=0) for row in rows]
    heights = [PANEL_INCHES + LABEL_LINE_INCHES * count for count in lines]
    columns = max(len(row) for row in rows)
    width, top = PANEL_INCHES * columns + 0.3, 0.35
    figure = Figure(figsize=(width, sum(heights) + top + 0.1), dpi=DOTS_PER_INCH)
    total = sum(heights) + top + 0.1
    figure.text(0.15 / width, 1 - 0.22 / total, title, fontsize=FONT_POINTS + 2, va="center")
    above = top
    for row, height, count in zip(rows, heights, lines, strict=True):
        bottom = 1 - (above + height) / total
        for column, panel in enumerate(row):
            if panel is not None:
                left = (0.15 + PANEL_INCHES * column + 0.04) / width
                size = (PANEL_INCHES - 0.08) / width, (PANEL_INCHES - 0.06) / total
                axes = figure.add_axes((left, bottom, *size))
                _draw(axes, panel, count)
        above += height
    png = BytesIO()
    figure.savefig(png, format="png", facecolor="white")
    return png.getvalue()


def _draw(axes: "Axes", panel: Panel, lines: int) -> None:
    axes.set_axis_off()
    low, high = panel.limits
    axes.imshow(panel.image, interpolation="nearest", cmap=panel.colours, vmin=low, vmax=high)
    padded = panel.label + "\n" * (lines - 1 - panel.label.count("\n"))
    axes.set_title(padded, fontsize=FONT_POINTS, loc="left", pad=2)


def shared_stretch(
    images: Sequence[Float[np.ndarray, "y x *channel"]], percentiles: tuple[float, float]
) -> list[Float[np.ndarray, "y x *channel"]]:
    """Return images with the percentiles of all of them together at 0 and 1, channel by channel.

    So that what is brighter in one of them is brighter on the sheet.
    """
    channels = images[0].shape[2:]
    pixels = np.concatenate([image.reshape(-1, *channels) for image in images])
    if not np.isfinite(pixels).any():
        return list(images)
    low, high = np.nanpercentile(pixels, percentiles, axis=0)
    reach = np.maximum(high - low, np.finfo(np.float32).tiny)
    return [np.clip((image - low) / reach, 0, 1) for image in images]
