"""The page of a training run: its curves, and what it makes of a piece that was held out."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from anyband_models.report.quicklook import STRETCH
from anyband_models.training.journal import Record
from anyband_models.training.strip import Strip

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;"
    "color:#222}img{max-width:100%}pre{background:#f4f4f4;padding:1rem;overflow:auto}"
    "th,td{text-align:right;padding:.1rem .8rem}th:first-child,td:first-child{text-align:left}"
)


def training_page(
    title: str,
    records: Sequence[Record],
    strip: Strip | None,
    composite: str,
    notes: Sequence[str],
    config: str,
) -> str:
    """Return the page of a run, with all that it shows inside.

    Args:
        title: which run.
        records: what was reported of it.
        strip: a piece of an image.
        composite: what its colours are.
        notes: what else is to be known of the run.
        config: its settings, as text.
    """
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>",
        *(f"<p>Note: {escape(note)}</p>" for note in notes),
        f"<h2>Curves</h2>{_picture(_curves(records))}",
        _scores(records),
    ]
    if strip is not None:
        parts.append(
            f"<h2>A piece that was held out</h2><p>{escape(composite)}; lines and model were given "
            f"{strip.kept} band{'s' * (strip.kept > 1)}.</p>{_picture(_panels(strip))}"
        )
    parts.append(f"<h2>Settings</h2><pre>{escape(config)}</pre></html>\n")
    return "\n".join(parts)


def strip_colours(strip: Strip) -> Float[np.ndarray, "row col 3"]:
    """Return truth, lines and model side by side, 0 to 1, stretched as the truth is."""
    low, high = (_percentiles(strip.truth, share) for share in STRETCH)
    span = np.maximum(high - low, np.finfo(np.float32).tiny)
    whole = np.concatenate([strip.truth, strip.linear, strip.model], axis=1)
    return np.nan_to_num(np.clip((whole - low) / span, 0, 1)).astype(np.float32)


def _percentiles(values: Float[np.ndarray, "row col 3"], share: float) -> np.ndarray:
    bands = np.moveaxis(values, -1, 0)
    finite = [band[np.isfinite(band)] for band in bands]
    return np.array([np.percentile(band, share) if band.size else 0.0 for band in finite])


def _curves(records: Sequence[Record]) -> "Figure":
    from matplotlib.figure import Figure  # slow to import
    from matplotlib.ticker import MaxNLocator

    terms = sorted({name for found in records for name in found["physics"]})
    figure = Figure(figsize=(13, 3.6), dpi=110, layout="constrained")
    axes = figure.subplots(1, 4 if terms else 3)
    _curve(axes[0], records, [found["loss"] for found in records], "loss")
    axes[0].set(title="denoising loss [1]", yscale="log")
    validated = [found for found in records if found.get("validation")]
    for family in validated[-1]["validation"] if validated else ():
        scores = [found["validation"].get(family) for found in validated]
        above = [None if s is None else s["model"] - s["linear"] for s in scores]
        _curve(axes[1], validated, above, family)
    axes[1].axhline(0, color="#888888", linewidth=0.8)
    axes[1].set(title="one-step mean over straight lines [dB]")
    if validated:
        axes[1].legend(fontsize="x-small", ncols=2, frameon=False)
    _curve(axes[2], records, [found["learning_rate"] for found in records], "rate")
    axes[2].set(title="learning rate [1]")
    for name in terms:
        _curve(axes[3], records, [found["physics"].get(name) for found in records], name)
    if terms:
        axes[3].set(title="physics, without weights", yscale="log")
        axes[3].legend(fontsize="x-small", frameon=False)
    for ax in axes:
        ax.set_xlabel("step")
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        ax.spines[["top", "right"]].set_visible(False)
    return figure


def _curve(
    ax: "Axes", records: Sequence[Record], values: Sequence[float | None], label: str
) -> None:
    steps = [found["step"] for found in records]
    points = [np.nan if value is None else value for value in values]
    ax.plot(steps, points, label=label, linewidth=1, marker="." if len(steps) < 30 else None)


def _scores(records: Sequence[Record]) -> str:
    validated = [found for found in records if found.get("validation")]
    if not validated:
        return ""
    last = validated[-1]
    rows = "".join(
        f"<tr><td>{escape(family)}<td>{s['model']:.2f}<td>{s['linear']:.2f}"
        f"<td>{s['model'] - s['linear']:+.2f}"
        for family, s in last["validation"].items()
    )
    return (
        f"<h2>Held-out rows, step {last['step']}</h2><p>PSNR over the missing entries [dB]; the "
        "peak is the range of the values that were learned from.</p><table><tr><th>masks<th>model"
        f"<th>linear<th>above{rows}</table>"
    )


def _panels(strip: Strip) -> "Figure":
    from matplotlib.figure import Figure

    colours = strip_colours(strip)
    height, width = strip.truth.shape[:2]
    # As high as three pictures side by side are, and their titles.
    figure = Figure(figsize=(10, 0.5 + 10 / 3 * height / width), dpi=110, layout="constrained")
    for number, (ax, name) in enumerate(
        zip(figure.subplots(1, 3), ("truth", "linear", "model"), strict=True)
    ):
        ax.imshow(colours[:, number * width : (number + 1) * width], interpolation="nearest")
        ax.set_title(name)
        ax.set_axis_off()
    return figure


def _picture(figure: "Figure") -> str:
    png = BytesIO()
    figure.savefig(png, format="png")
    return f'<img alt="" src="data:image/png;base64,{b64encode(png.getvalue()).decode()}">'
