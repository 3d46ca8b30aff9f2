"""The pictures of the page, each with its words and its colour bar."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from anyband_models.report.content import ReportContent
from anyband_models.report.maps import Maps
from anyband_models.report.picture import colour_bar, picture_of_colours, picture_of_values
from anyband_models.report.quicklook import before_and_after, choose_composite
from anyband_models.report.shrink import shrink, shrink_factor
from anyband_models.report.words import QUANTITY_WORDS

SHARE_COLOURS, SIZE_COLOURS = "cividis", "viridis"  # both readable by the colour-blind
TOP_PERCENTILE = 98.0  # where the last colour of a map begins [%]


@dataclass(frozen=True)
class Bar:
    """A colour bar, from 0 to ``high``."""

    picture: str
    high: str
    unit: str


@dataclass(frozen=True)
class Panel:
    """A picture with its words; without a bar it is a colour picture."""

    title: str
    caption: str
    picture: str
    bar: Bar | None = None


def make_panels(content: ReportContent, maps: Maps) -> tuple[Panel, ...]:
    """Return the pictures in the order in which they are shown."""
    factor = shrink_factor(*maps.missing.shape)
    return (*_quicklooks(content, factor), *_map_panels(content, maps, factor))


def _quicklooks(content: ReportContent, factor: int) -> tuple[Panel, Panel]:
    scene = content.scene
    composite = choose_composite(scene.wavelength, np.any(content.mask, axis=(1, 2)))
    places = ", ".join(f"{scene.wavelength[band]:.0f}" for band in composite.bands)
    caption = f"{composite.name}: {places} nm"
    before, after = (shrink(rgb, factor) for rgb in before_and_after(content, composite))
    return (
        Panel("Before", caption, picture_of_colours(before)),
        Panel("After", "same bands, same stretch", picture_of_colours(after)),
    )


def _map_panels(content: ReportContent, maps: Maps, factor: int) -> list[Panel]:
    quantity, unit = QUANTITY_WORDS[content.scene.meta.quantity]
    missing, spread = shrink(maps.missing, factor), shrink(maps.spread, factor)
    panels = [_map("Missing", "share of bands not observed", missing, SHARE_COLOURS, "%")]
    sizes = [spread]
    if maps.error is not None:
        error = shrink(maps.error, factor)
        sizes.append(error)
        words = f"RMSE of repaired {quantity}"
        panels.append(_map("Error", words, error, SIZE_COLOURS, unit, *sizes))
    words = (
        f"mean σ of repaired {quantity}" if maps.error is None else "mean σ, in the same colours"
    )
    panels.append(_map("Spread", words, spread, SIZE_COLOURS, unit, *sizes))
    return panels


def _map(
    title: str,
    caption: str,
    values: Float[np.ndarray, "y x"],
    colours: str,
    unit: str,
    *scaled_with: Float[np.ndarray, "y x"],
) -> Panel:
    """A map whose colours reach the high end of all arrays ``scaled_with``."""
    high = _top(scaled_with or (values,))
    label = f"{100 * high:.3g}" if unit == "%" else f"{high:.3g}"
    bar = Bar(colour_bar(colours), label, unit)
    return Panel(title, caption, picture_of_values(values, high, colours), bar)


def _top(arrays: tuple[Float[np.ndarray, "y x"], ...]) -> float:
    values = np.concatenate([array[np.isfinite(array)] for array in arrays])
    return (float(np.percentile(values, TOP_PERCENTILE)) if values.size else 0.0) or 1.0
