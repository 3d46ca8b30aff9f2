"""The response curves of one or two sensors, drawn over wavelength."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from anyband_models.errors import UsageError
from srf_library import Band, Sensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = (".png", ".svg", ".pdf")
COLOURS = ("#1b6ca8", "#d1495b")
# More curves than these cannot be told apart, and their names would cover each other.
MOST_NAMED = 40
WIDEST_GAP = 250.0  # nm without any response that the picture leaves out


def draw(sensors: Sequence[Sensor], path: Path, suffix: str) -> None:
    """Draw the responses of sensors above each other's axis, gaps in wavelength left out.

    Args:
        sensors: one, or two to be compared.
        path: where the picture is written.
        suffix: .png, .svg or .pdf.

    Raises:
        UsageError: if the suffix names no format.
    """
    if suffix.lower() not in FORMATS:
        ending = repr(suffix) if suffix else "nothing"
        raise UsageError(f"a plot's name ends in {', '.join(FORMATS)}, not in {ending}")
    from matplotlib.figure import Figure

    parts = _parts([band for sensor in sensors for band in sensor])
    figure = Figure(figsize=(11, 4.2), dpi=150, layout="constrained")
    axes = figure.subplots(
        1, len(parts), sharey=True, squeeze=False, width_ratios=[b - a for a, b in parts]
    )[0]
    for ax, (low, high) in zip(axes, parts, strict=True):
        ax.set_xlim(low, high)
        ax.set_ylim(0, 1.12)
        ax.spines[["top", "right"]].set_visible(False)
        for sensor, colour in zip(sensors, COLOURS, strict=False):
            _curves(ax, sensor, colour, named=len(sensors) == 1)
    axes[0].set_ylabel("relative response [1]")
    figure.supxlabel("wavelength [nm]", fontsize="medium")
    handles = [
        axes[0].plot([], [], color=c, label=s.title)[0]
        for s, c in zip(sensors, COLOURS, strict=False)
    ]
    figure.legend(handles=handles, loc="outside upper left", frameon=False, ncols=2)
    figure.savefig(path, format=suffix.lower().removeprefix("."))


def _curves(ax: "Axes", sensor: Sensor, colour: str, named: bool) -> None:
    low, high = ax.get_xlim()
    few = len(sensor) <= MOST_NAMED
    for band in sensor:
        if band.support[1] < low or band.support[0] > high:
            continue
        nm = np.linspace(*band.support, 400)
        response = band.profile(nm)
        if few:
            ax.fill_between(nm, response, color=colour, alpha=0.12, linewidth=0)
        ax.plot(nm, response, color=colour, linewidth=1 if few else 0.25)
        if few and named:
            ax.annotate(
                band.name, (band.midpoint, 1.03), ha="center", fontsize="x-small", color="#333333"
            )


def _parts(bands: Sequence[Band]) -> list[tuple[float, float]]:
    """Return the stretches of wavelength [nm] that hold responses, wide gaps between them."""
    supports = sorted(band.support for band in bands)
    parts = [list(supports[0])]
    for low, high in supports[1:]:
        if low - parts[-1][1] > WIDEST_GAP:
            parts.append([low, high])
        parts[-1][1] = max(parts[-1][1], high)
    return [(low - 10, high + 10) for low, high in parts]
