"""How the shipped covariances were made, from measured spectra; run by hand.

    python -m physops.priors.convert FOLDER

FOLDER holds `libraries/usgs_splib07_aviris95.npz`: the 2457 spectra of the USGS Spectral Library
Version 7 (public domain), convolved to the 224 channels of AVIRIS, with their `names` in the
library's order. Writes `data/*.npz` and `data/priors.toml`, which says what they are made of.
"""

import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from physops.priors.missing import Moments, moments

DATA = Path(__file__).parent / "data"
LIBRARY = Path("libraries/usgs_splib07_aviris95.npz")
SHA256 = "11124c48699f4849b8388b0a8feedfa69432ef403d3ad3dc6e734ad8542d38bc"
SOURCE = (
    "Kokaly et al., USGS Spectral Library Version 7, U.S. Geological Survey Data Series 1035, "
    "2017, doi 10.3133/ds1035, convolved to the channels of AVIRIS of 1995"
)
LICENCE = "public domain (a work of the U.S. Geological Survey)"
# The first spectrum of each of the library's chapters, in its order.
CHAPTERS = {
    "minerals": "Acmite NMNH133746",
    "soils": "Acid_Mine_Dr Assemb1",
    "liquids": "H2O-Ice GDS136",
    "organics": "Acetylene MTG",
    "artificial": "Alizarin_crimson",
    "vegetation": "Aspen Aspen-1",
}
# Spectra that were calculated, or spoilt on purpose to test programs; and what is no plant.
NO_PLANTS = (" AMX", "LawnGrass GDS91b", "Lichen", "Bacterial_mat", "Marsh sediment")
LEFT_OUT = {"vegetation": (*NO_PLANTS, "Marsh water C", "MarshWater")}
# A prior is the mean of these chapters, each of which counts as much as another.
PRIORS = {
    "minerals": ("minerals",),
    "mixed": ("soils", "liquids", "artificial", "vegetation"),
    "vegetation": ("vegetation",),
}
# What share must be known: of a spectrum, and of a channel over its chapter's spectra.
SPECTRUM_KNOWN, CHANNEL_KNOWN = 0.5, 0.25


class Chapter(NamedTuple):
    """What is known of a chapter's spectra: their number, their channels and their moments."""

    spectra: int
    channels: Bool[np.ndarray, " channel"]
    moments: Moments


def main(folder: Path) -> None:
    """Write all priors, and what they are made of."""
    cards = []
    for name in PRIORS:
        wavelength, covariance, counts = made(folder, name)
        triangle = covariance[np.triu_indices(len(covariance))].astype(np.float32)
        np.savez_compressed(DATA / f"{name}.npz", wavelength=wavelength, triangle=triangle)
        cards.append(_card(name, wavelength, counts))
    (DATA / "priors.toml").write_text("\n".join(cards), encoding="utf-8")


Made = tuple[Float[np.ndarray, " channel"], Float[np.ndarray, "channel channel"], dict[str, int]]


def made(folder: Path, name: str) -> Made:
    """Return a prior's wavelengths [nm], its covariance, and how many spectra each chapter gave."""
    path = folder / LIBRARY
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{path} is not the file that the priors were made from: its sha256 differs")
    with np.load(path, allow_pickle=False) as held:
        wavelength, spectra = held["wavelength_nm"], held["spectra"].astype(np.float64)
        names = held["names"].tolist()
    parts = {each: _chapter(spectra, names, each) for each in PRIORS[name]}
    channels = np.logical_and.reduce([part.channels for part in parts.values()])
    counts = {each: part.spectra for each, part in parts.items()}
    return wavelength[channels], _pooled([*parts.values()], channels), counts


def _chapter(spectra: np.ndarray, names: list[str], chapter: str) -> Chapter:
    first = [_place(names, start) for start in CHAPTERS.values()] + [len(names)]
    number = [*CHAPTERS].index(chapter)
    unwanted = LEFT_OUT.get(chapter, ())
    rows = [
        row
        for row in range(first[number], first[number + 1])
        if not any(part in names[row] for part in unwanted)
    ]
    kept = spectra[rows]
    kept = kept[np.isfinite(kept).mean(axis=1) >= SPECTRUM_KNOWN]
    channels = np.isfinite(kept).mean(axis=0) >= CHANNEL_KNOWN
    return Chapter(len(kept), channels, moments(kept[:, channels]))


def _place(names: list[str], start: str) -> int:
    (place,) = (row for row, name in enumerate(names) if name.startswith(start))
    return place


def _pooled(
    parts: list[Chapter], channels: Bool[np.ndarray, " channel"]
) -> Float[np.ndarray, "kept kept"]:
    """Return the covariance of a mixture of equal parts."""
    means, within = [], []
    for part in parts:
        kept = channels[part.channels]
        means.append(part.moments.mean[kept])
        within.append(part.moments.covariance[np.ix_(kept, kept)])
    return np.mean(within, axis=0) + np.cov(np.array(means).T, bias=True)


def _card(name: str, wavelength: np.ndarray, counts: dict[str, int]) -> str:
    spectra = ", ".join(f"{chapter} = {count}" for chapter, count in counts.items())
    return (
        f"[{name}]\n"
        f'source = "{SOURCE}"\n'
        f'licence = "{LICENCE}"\n'
        f'sha256 = "{SHA256}"\n'
        f"channels = {len(wavelength)}\n"
        f"spectra = {{ {spectra} }}\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
