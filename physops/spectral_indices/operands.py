"""What the letters of a formula stand for: bands by their range, wavelengths, polarisations.

The ranges are those of the catalogue's authors (spyndex, `bands.json`), in which an instrument's
band must have its centre; the usual place is that of Sentinel-2's band, or of Landsat's.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from physops.bands import Bands
from physops.errors import FormulaError
from physops.spectral_indices.formula import names, parse

# A number stands for a wavelength: R531, the reflectance at 531 nm.
_AT = re.compile(r"R(\d{3,4})")
# A centre wavelength [nm], taken from the band that was found.
_PLACE = re.compile(r"lambda([A-Z]\w*)")
POLARISATIONS = ("HH", "HV", "VH", "VV")
OTHER = ("PAR",)
# How far from a wavelength that is named a band's centre may lie [nm]: spectrometers have a band
# every 10 nm or less, and a camera's broad band is not what a narrow-band index was made for.
TOLERANCE_NM = 7.5
# A broader one is not what a narrow-band index was made for [nm].
BROADEST_AT = 20.0
# A band so much wider than its range, and than this [nm], is a panchromatic one.
WIDEST, WIDEST_NM = 1.25, 60.0
# Bands for the colour of the ocean are narrower, and saturate over land [nm].
NARROWEST_FOR_LAND = 16.0


@dataclass(frozen=True)
class Range:
    """Where a band's centre must lie, and where it usually does [nm]."""

    low: float
    high: float
    usual: float


RANGES = {
    "A": Range(400, 455, 443),
    "B": Range(450, 530, 490),
    "G1": Range(510, 550, 531),
    "G": Range(510, 600, 560),
    "Y": Range(585, 625, 610),
    "R": Range(620, 690, 665),
    "RE1": Range(695, 715, 705),
    "RE2": Range(730, 750, 740),
    "RE3": Range(765, 795, 783),
    "N": Range(760, 900, 835),
    "N2": Range(850, 880, 865),
    "WV": Range(930, 960, 945),
    "S1": Range(1550, 1750, 1610),
    "S2": Range(2080, 2350, 2200),
    "T": Range(10400, 12500, 11450),
    "T1": Range(10600, 11190, 10900),
    "T2": Range(11500, 12510, 12000),
}
REFLECTING = {name for name, wanted in RANGES.items() if wanted.high < 3000}


def is_operand(name: str) -> bool:
    """Return whether a name stands for something that is measured, and not for a constant."""
    return (
        name in RANGES
        or name in POLARISATIONS
        or name in OTHER
        or _AT.fullmatch(name) is not None
        or _PLACE.fullmatch(name) is not None
    )


@cache
def operands_of(formula: str) -> tuple[str, ...]:
    """Return the operands of a formula: the names in it that are no constants."""
    return tuple(name for name in names(parse(formula)) if is_operand(name))


@cache
def needed_names(formula: str) -> frozenset[str]:
    """Return all names that a formula needs a value for: bands, and constants."""
    return frozenset(names(parse(formula)))


@cache
def check_names(formula: str, constants: frozenset[str]) -> None:
    """Refuse a formula that names what is neither a band nor one of its constants, or no band.

    Raises:
        FormulaError: if it does.
    """
    letters = f"bands are {', '.join(RANGES)}, or R531 for the one at 531 nm"
    if not operands_of(formula):
        raise FormulaError(formula, "names no band", letters)
    unknown = sorted(name for name in needed_names(formula) - constants if not is_operand(name))
    if unknown:
        fault = f"names {unknown[0]}, which is neither a band nor one of its constants"
        raise FormulaError(formula, fault, f"{letters}; a constant needs its value")


def reflects(name: str) -> bool:
    """Return whether an operand is a reflectance: no temperature, no echo, no wavelength."""
    return name in REFLECTING or _AT.fullmatch(name) is not None


def place_of(name: str) -> str:
    """Return the band whose centre wavelength a name such as ``lambdaN`` stands for; else ''."""
    match = _PLACE.fullmatch(name)
    return match[1] if match else ""


def described(name: str) -> str:
    """Return an operand as a person is told of it.

    >>> described("S2"), described("R531"), described("VV")
    ('S2 (2080-2350 nm)', 'R531', 'VV')
    """
    if name not in RANGES:
        return name
    return f"{name} ({RANGES[name].low:.0f}-{RANGES[name].high:.0f} nm)"


def find(name: str, bands: Bands) -> int | None:
    """Return the channel that an operand stands for; None if the image has none.

    A letter stands for the good bands whose centre lies in its range and which are not much wider
    than the range. Of these it is the one nearest to the usual place; but MODIS has bands of less
    than 16 nm for the ocean beside those for land, and if both are there it is one of the latter.
    R531 stands for the band nearest to 531 nm, if that lies within 7.5 nm, and is not known to be
    wider than 20 nm.

    >>> find("R", Bands.of("aqua_modis")), find("N", Bands.of("S2A")), find("RE1", Bands.of("L8"))
    (0, 7, None)
    """
    return _find(name, bands.wavelength.tobytes(), bands.fwhm.tobytes(), bands.good.tobytes())


def missing_operands(formula: str, bands: Bands) -> list[str]:
    """Return the operands of a formula that an image does not have."""
    needed = [(name, place_of(name) or name) for name in operands_of(formula)]
    return [name for name, band in needed if find(band, bands) is None]


@lru_cache(maxsize=65_536)
def _find(name: str, wavelength: bytes, fwhm: bytes, good: bytes) -> int | None:
    """Do the same for the numbers of the bands; for the same ones again, at once."""
    bands = Bands(np.frombuffer(wavelength), np.frombuffer(fwhm), np.frombuffer(good, dtype=bool))
    at = _AT.fullmatch(name)
    if at:
        return _nearest_to(float(at[1]), bands)
    return _within(RANGES[name], bands) if name in RANGES else None


def _within(wanted: Range, bands: Bands) -> int | None:
    width = np.nan_to_num(bands.fwhm, nan=0.0)
    inside = (bands.wavelength >= wanted.low) & (bands.wavelength <= wanted.high) & bands.good
    inside &= width <= max(WIDEST * (wanted.high - wanted.low), WIDEST_NM)
    if not inside.any():
        return None
    for_land = inside & (width >= NARROWEST_FOR_LAND)
    inside = for_land if for_land.any() else inside
    distance = np.where(inside, np.abs(bands.wavelength - wanted.usual), np.inf)
    return int(np.argmin(distance))


def _nearest_to(nm: float, bands: Bands) -> int | None:
    usable = bands.good & ~(bands.fwhm > BROADEST_AT)
    distance = np.where(usable, np.abs(bands.wavelength - nm), np.inf)
    nearest = int(np.argmin(distance))
    return nearest if distance[nearest] <= TOLERANCE_NM else None
