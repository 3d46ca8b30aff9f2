"""Spectra of the USGS Spectral Library Version 7: minerals, plants, what is made by man."""

import re
from pathlib import Path

import numpy as np

from anyband_models.training.data.grid import GRID, Gathered, on_grid

COARSE = Path("libraries/usgs_splib07_aviris95.npz")
FINE = Path("libraries/usgs_splib07_77_1nm.npz")

# The first spectrum of each of the library's chapters, in its order, and what is in it.
_CHAPTERS = {
    "mineral": "Acmite NMNH133746",
    "mixture": "Acid_Mine_Dr Assemb1",
    "liquid": "H2O-Ice GDS136",
    "organic": "Acetylene MTG",
    "artificial": "Alizarin_crimson",
    "vegetation": "Aspen Aspen-1",
}
# What was calculated of other spectra (AMX; synth; a second name), or spoilt to test programs.
_LEFT_OUT = re.compile(r"[ _\[]AMX|^synth|\[alias\]|LawnGrass GDS91b|_veg |sparse sampled")
# Told by name, whatever the chapter.
_NAMED = {
    "burn": re.compile(r"^BurnArea"),
    "snow": re.compile(r"snow|H2O-Ice", re.I),
    "water": re.compile(r"^Seawater|^Water|^Red_Coated_Algea|^Marsh ?water", re.I),
    "soil": re.compile(r"^Sand |Playa|Desert_Varnish|Marsh sediment|^Limestone|Basalt|Tuff"),
    "urban": re.compile(
        r"Asphalt|Brick|Concrete|Shingle|Shake|Roof|Fiberglass|SheetMetal|Sheet_Metal|Plastic"
        r"|Tarp|Fabric|Wood_Beam|Strand_Board|Tin_Can|Plywood|Paint|Cinder|Rubber|Styrene|Vinyl"
    ),
    "vegetation": re.compile(r"Needl|Grass|Rangeland|Marsh|Lichen"),
}
# How far near infrared stands above red in a green leaf, as NDVI.
_GREEN = 0.35
# What share of the grid must have been measured; the rest is completed. Spectra of the field lack a
# seventh, the bands of water.
_KNOWN = 0.8
_RED, _INFRARED = int(np.searchsorted(GRID, 670)), int(np.searchsorted(GRID, 800))


def gathered(folder: Path) -> list[Gathered]:
    """Return the library's spectra that were measured over four fifths of 400-2500 nm, or more.

    Args:
        folder: that holds `libraries/`.
    """
    fine = _read(folder / FINE, {"mineral": None}, gap=5.0)
    return [fine, _read(folder / COARSE, _CHAPTERS, gap=45.0)]


def _read(path: Path, chapters: dict[str, str] | dict[str, None], gap: float) -> Gathered:
    with np.load(path, allow_pickle=False) as held:
        wavelength, values = held["wavelength_nm"].astype(np.float64), held["spectra"]
        names: list[str] = held["names"].tolist()
    spectra = on_grid(wavelength, values, gap)
    measured = np.array([_LEFT_OUT.search(name) is None for name in names])
    kept = measured & (np.isfinite(spectra).mean(axis=1) >= _KNOWN)
    places = _chapter_of(names, chapters)
    groups = [_group(names[row], places[row], spectra[row]) for row in np.flatnonzero(kept)]
    return Gathered(spectra[kept], tuple(groups), "usgs_splib07")


def _chapter_of(names: list[str], chapters: dict[str, str] | dict[str, None]) -> list[str]:
    """Return the chapter of each spectrum; chapters follow one another."""
    starts = {
        next(row for row, name in enumerate(names) if name.startswith(first or "")): chapter
        for chapter, first in chapters.items()
    }
    found, current = [], ""
    for row in range(len(names)):
        current = starts.get(row, current)
        found.append(current)
    return found


def _group(name: str, chapter: str, spectrum: np.ndarray) -> str:
    named = (group for group, words in _NAMED.items() if words.search(name))
    group = next(named, {"mixture": "mineral", "liquid": "water"}.get(chapter, chapter))
    if group != "vegetation":
        return group
    red, infrared = spectrum[_RED], spectrum[_INFRARED]
    return "vegetation" if infrared - red > _GREEN * (infrared + red) else "dry_vegetation"
