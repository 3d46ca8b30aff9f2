"""Whether a repair's standard deviations are honest, where the truth is known: table, picture."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from anyband_models.evaluation.uncertainty import AtDistance, Calibration, OfBand, Tally
from anyband_models.report.content import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Read on a white page as well as on a black one.
INK, OURS, LINEAR = "#808080", "#0A84D6", "#D55E00"
COLUMNS = (
    "entries", "how many", "CRPS", "linear's", "in 50\N{NO-BREAK SPACE}%",
    "in 90\N{NO-BREAK SPACE}%", "spread / error",
)  # fmt: skip


def spread_table(model: str, spread: Tally, linear: Tally) -> Table:
    """Return what is said of a model's spread, over all and by distance, and a picture by band.

    Args:
        model: its name.
        spread: of the model.
        linear: of linear interpolation on the same damage.
    """
    note = (
        "CRPS: the continuous ranked probability score [unit of the scene], lower is better. In "
        "50 % and in 90 %: share of the removed entries whose truth lies in that central interval. "
        "Spread / error: their root mean squares; 1 is honest. The picture has CRPS and the "
        "share in 90 % band by band."
    )
    return Table(
        "How honest the spread is", COLUMNS, tuple(_rows(spread, linear)), note,
        _by_band(model, spread.by_band(), linear.by_band()),
        f"CRPS and share in the 90 % interval of {model} and linear, band by band",
    )  # fmt: skip


def _rows(spread: Tally, linear: Tally) -> Iterator[tuple[str, ...]]:
    yield _row("all", spread.total(), linear.total())
    for ours, line in zip(spread.by_distance(), linear.by_distance(), strict=True):
        yield _row(_distance(ours), ours, line)


def _row(title: str, ours: Calibration, line: Calibration) -> tuple[str, ...]:
    shares = (ours.coverage_50, ours.coverage_90)
    return (
        title,
        f"{ours.entries:,}",
        _cell(ours.crps, ".4g"),
        _cell(line.crps, ".4g"),
        *(_cell(share, ".0%").replace("%", "\N{NO-BREAK SPACE}%") for share in shares),
        _cell(ours.spread_skill, ".2f"),
    )


def _distance(ours: AtDistance) -> str:
    if ours.up_to_nm is None:
        return f"over {ours.over_nm:g} nm from an observed band"
    if ours.over_nm == 0:
        return f"up to {ours.up_to_nm:g} nm from an observed band"
    return f"{ours.over_nm:g} to {ours.up_to_nm:g} nm"


def _cell(value: float | None, form: str) -> str:
    return "no score" if value is None else format(value, form)


def _by_band(model: str, ours: tuple[OfBand, ...], line: tuple[OfBand, ...]) -> str:
    from matplotlib.figure import Figure  # slow to import

    figure = Figure(figsize=(7, 3.6), dpi=110, layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    for name, bands, colour in ((model, ours, OURS), ("linear", line, LINEAR)):
        _dots(above, name, bands, [band.crps for band in bands], colour)
        _dots(below, name, bands, [band.coverage_90 for band in bands], colour)
    if any(band.crps for band in (*ours, *line)):
        above.set_yscale("log")
    above.set_ylabel("CRPS")
    above.legend(labelcolor=INK, frameon=False, fontsize="small")
    below.axhline(0.9, color=INK, linewidth=0.8)
    below.set(xlabel="wavelength [nm]", ylabel="in 90 %", ylim=(0, 1.03))
    for axes in (above, below):
        axes.set_facecolor("none")
        axes.tick_params(colors=INK, which="both", labelsize="small")
        axes.xaxis.label.set_color(INK)
        axes.yaxis.label.set_color(INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(INK)
    png = BytesIO()
    figure.savefig(png, format="png", transparent=True)
    return f"data:image/png;base64,{b64encode(png.getvalue()).decode('ascii')}"


def _dots(
    axes: "Axes", name: str, bands: tuple[OfBand, ...], values: list[float | None], colour: str
) -> None:
    heights = [np.nan if value is None else value for value in values]
    nm = [band.wavelength_nm for band in bands]
    axes.plot(nm, heights, ".", color=colour, markersize=4, label=name)
