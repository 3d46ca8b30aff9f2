"""The wavelengths that all materials have, and spectra brought onto them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.interpolate import PchipInterpolator

GRID = np.arange(400.0, 2501.0, 5.0)
"""400-2500 nm, every 5 nm: 421 wavelengths [nm]."""

# Channels of two detectors that overlap, 0.3-5 nm apart, are one: else a curve through both jumps.
_ONE_CHANNEL = 5.0
# Half a channel of 10 nm may lie between the outermost centre and the grid's end.
_BEYOND = 5.0

# Two of one call have as many wavelengths, and each its own number of spectra.
Spectra = Float[np.ndarray, "_ wavelength"]


class Gathered(NamedTuple):
    """Spectra of one source, on the grid.

    Attributes:
        spectra: reflectance [1], NaN where it was not measured.
        groups: what each is of: vegetation, soil, ...
        source: the key of the source in `sources.toml`.
    """

    spectra: Spectra
    groups: tuple[str, ...]
    source: str


def on_grid(
    wavelength: Float[np.ndarray, " channel"],
    spectra: Float[np.ndarray, "spectrum channel"],
    gap: float = 30.0,
) -> Spectra:
    """Return spectra on the grid, by monotone cubic curves, which do not overshoot.

    Args:
        wavelength: of the channels [nm], in any order.
        spectra: reflectance [1], NaN where not known.
        gap: the longest stretch without a channel that is interpolated across [nm]; longer ones,
            and what lies beyond the first and last channel, are NaN.
    """
    merged, values = _merged(wavelength, np.asarray(spectra, dtype=np.float64))
    found = np.full((len(values), len(GRID)), np.nan)
    for pattern, rows in patterns(np.isfinite(values)):
        if pattern.sum() >= 2:
            places = merged[pattern]
            inside = _reached(places, gap)
            curve = PchipInterpolator(places, values[np.ix_(rows, pattern)], axis=1)
            at = np.clip(GRID[inside], places[0], places[-1])
            found[np.ix_(rows, inside)] = curve(at)
    return found


def patterns(
    known: Bool[np.ndarray, "spectrum channel"],
) -> Iterator[tuple[Bool[np.ndarray, " channel"], Int[np.ndarray, " row"]]]:
    """Yield each pattern of what is known once, and the rows that have it."""
    _, first, which = np.unique(
        np.packbits(known, axis=1), axis=0, return_index=True, return_inverse=True
    )
    for number, row in enumerate(first):
        yield known[row], np.flatnonzero(which.ravel() == number)


def _reached(places: Float[np.ndarray, " channel"], gap: float) -> Bool[np.ndarray, " grid"]:
    """Return which wavelengths of the grid lie at a channel, or in no long gap between two."""
    after = np.searchsorted(places, GRID)
    left = places[np.clip(after - 1, 0, None)]
    right = places[np.clip(after, None, len(places) - 1)]
    near = np.minimum(np.abs(GRID - left), np.abs(GRID - right)) <= _BEYOND
    between = (places[0] <= GRID) & (places[-1] >= GRID) & (right - left <= gap)
    return near | between


def _merged(
    wavelength: Float[np.ndarray, " channel"], spectra: Float[np.ndarray, "spectrum channel"]
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, "spectrum kept"]]:
    """Return the channels in their order; near ones of two detectors become their mean."""
    order = np.argsort(wavelength, kind="stable")
    places, values = wavelength[order], spectra[:, order]
    spacing = np.median(np.diff(places))
    starts = np.diff(places, prepend=-np.inf) > min(_ONE_CHANNEL, 0.6 * spacing)
    first = np.flatnonzero(starts)
    known = np.isfinite(values)
    count = np.add.reduceat(known, first, axis=1)
    total = np.add.reduceat(np.where(known, values, 0.0), first, axis=1)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    sizes = np.diff(first, append=len(places))
    return np.add.reduceat(places, first) / sizes, mean
