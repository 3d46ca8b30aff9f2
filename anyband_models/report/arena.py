"""The arena's picture: how far each model is above linear interpolation, family by family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Told apart by all who see colours, and by their shapes by those who do not. Source: Okabe and
# Ito, Color universal design, 2008.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = "osD^vPX"
SPREAD = 0.7  # of a family's place that its models share


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        title: what it is of.
        above: each model's decibels over linear interpolation, a family each; None where there
            is no score.
    """

    title: str
    above: Mapping[str, Sequence[float | None]]


def arena_plot(
    title: str, families: Sequence[str], panels: Sequence[Panel], labels: Mapping[str, str]
) -> bytes:
    """Return the picture as PNG, a panel below the other, on one scale.

    Args:
        title: stands above all.
        families: what entries were removed by, from left to right.
        panels: of which each has a value a family.
        labels: how the legend calls each model.
    """
    from matplotlib.figure import Figure  # slow to import

    models = sorted(labels)
    rows = max(1, len(panels))
    size = max(6.0, 2 + 0.95 * len(families)), 1.2 + 3.1 * rows
    figure = Figure(figsize=size, dpi=120, layout="constrained")
    for axes, panel in zip(
        figure.subplots(rows, sharey=True, squeeze=False)[:, 0], panels, strict=False
    ):
        _draw(axes, panel, models, families)
    figure.suptitle(title, fontsize="medium")
    if models:
        handles, names = figure.axes[0].get_legend_handles_labels()
        shown = [labels[name] for name in names]
        figure.legend(
            handles, shown, loc="outside lower center", ncols=min(4, len(shown)), frameon=False
        )
    png = BytesIO()
    figure.savefig(png, format="png", facecolor="white")
    return png.getvalue()


def _draw(axes: "Axes", panel: Panel, models: Sequence[str], families: Sequence[str]) -> None:
    step = SPREAD / max(1, len(models))
    axes.axhline(0, color="#444444", linewidth=1)
    for number, model in enumerate(models):
        places = np.arange(len(families)) + step * (number - (len(models) - 1) / 2)
        values = panel.above.get(model, [None] * len(families))
        heights = np.array([np.nan if value is None else value for value in values], dtype=float)
        colour = COLOURS[number % len(COLOURS)]
        axes.vlines(places, 0, np.nan_to_num(heights), color=colour, linewidth=2, alpha=0.45)
        axes.plot(
            places, heights, MARKERS[number % len(MARKERS)], color=colour, markersize=6, label=model
        )
    for edge in range(1, len(families)):
        axes.axvline(edge - 0.5, color="#dddddd", linewidth=0.8, zorder=0)
    axes.set_title(panel.title, fontsize="medium", loc="left")
    axes.set_ylabel("over linear [dB]")
    axes.set_xticks(range(len(families)), families)
    axes.set_xlim(-0.5, len(families) - 0.5)
    axes.grid(axis="y", color="#e8e8e8", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
