"""Pixels worth a look."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from anyband_models.report.content import ReportContent
from anyband_models.report.maps import Maps
from physops.bands import Bands
from physops.errors import MissingBandError


@dataclass(frozen=True)
class Preset:
    """A pixel of the thinned cube, by its name.

    Attributes:
        name: why it is worth a look.
        row: its row in the thinned cube, from the top, counted from 0.
        column: its column, from the left, counted from 0.
    """

    name: str
    row: int
    column: int


def choose_presets(content: ReportContent, maps: Maps, stride: int) -> tuple[Preset, ...]:
    """Return the centre of the scene and its extremes, among every ``stride``-th pixel."""
    height, width = maps.brightness[::stride, ::stride].shape
    centre = Preset("centre", height // 2, width // 2)
    extremes = (
        _largest(name, values[::stride, ::stride]) for name, values in _rankings(content, maps)
    )
    return (centre, *(preset for preset in extremes if preset is not None))


def _rankings(content: ReportContent, maps: Maps) -> Iterator[tuple[str, np.ndarray]]:
    yield "brightest", maps.brightness
    yield "darkest", -maps.brightness
    greenness = _greenness(content)
    if greenness is not None:
        yield "greenest", greenness
    yield "most missing", maps.missing
    yield "most uncertain", maps.spread
    if maps.error is not None:
        yield "largest error", maps.error


def _largest(name: str, values: Float[np.ndarray, "y x"]) -> Preset | None:
    finite = np.isfinite(values)
    if not finite.any() or np.ptp(values[finite]) == 0:
        return None
    row, column = np.unravel_index(np.argmax(np.where(finite, values, -np.inf)), values.shape)
    return Preset(name, int(row), int(column))


def _greenness(content: ReportContent) -> Float[np.ndarray, "y x"] | None:
    """The normalised difference of near infrared and red, where both are positive."""
    scene = content.scene
    bands = Bands(scene.wavelength, scene.fwhm, scene.good)
    try:
        red, nir = (content.reconstruction.mean[bands.channel(name)] for name in ("red", "nir"))
    except MissingBandError:
        return None
    usable = (red > 0) & (nir > 0)
    return np.divide(nir - red, nir + red, out=np.full_like(red, np.nan), where=usable)
