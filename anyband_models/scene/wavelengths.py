"""What a file, or a user's table, says of the bands, turned into nanometres."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
from jaxtyping import Float

from anyband_models.errors import InputError

# From the ozone edge to the far end of the thermal window [nm].
SHORTEST, LONGEST = 200.0, 20_000.0
# No number up to here can be nanometres, and none above it micrometres.
LARGEST_MICROMETRE = 20.0
# A band narrower than 0.5 nm, or wider than 500 nm, is rarer than a width without a unit.
LARGEST_WIDTH_IN_MICROMETRES = 0.5
LARGEST_TABLE = 1_000_000  # bytes; a table of 20 000 bands is smaller
ADVICE = "pass --wavelengths FILE, a text file with one number a band"

# Power of ten that takes a unit to nanometres.
UNITS = {
    "nm": 0,
    "nanometer": 0,
    "nanometre": 0,
    "um": 3,
    "µm": 3,
    "μm": 3,
    "micron": 3,
    "micrometer": 3,
    "micrometre": 3,
    "angstrom": -1,
    "mm": 6,
    "millimeter": 6,
    "millimetre": 6,
}
UNKNOWN_UNITS = {"", "unknown", "none", "index"}


@dataclass(frozen=True)
class StatedBands:
    """The bands as a file states them; an empty tuple where it says nothing.

    Attributes:
        wavelength: band centres [``unit``], in the file's order.
        fwhm: full widths at half maximum [``unit``]; NaN or 0 where not known.
        unit: the name of the unit; empty if the file gives none.
        good: the bad-band list: True = usable.
    """

    wavelength: tuple[float, ...] = ()
    fwhm: tuple[float, ...] = ()
    unit: str = ""
    good: tuple[bool, ...] = ()


def centres_in_nm(stated: StatedBands, bands: int, path: str) -> Float[np.ndarray, " band"]:
    """Return the band centres [nm], in the order in which they are stated.

    They need not be sorted, and may repeat: the detectors of one instrument overlap.

    Raises:
        InputError: if there are none, or not one a band, or one cannot be a wavelength.
    """
    if not stated.wavelength:
        raise InputError(f"{path} gives no wavelengths for its {bands} bands; {ADVICE}")
    if len(stated.wavelength) != bands:
        raise InputError(
            f"{path} gives {len(stated.wavelength)} wavelengths for {bands} bands; {ADVICE}"
        )
    unlike = [i for i, value in enumerate(stated.wavelength) if not 0 < value < np.inf]
    if unlike:
        value = stated.wavelength[unlike[0]]
        raise InputError(f"{path}: band {unlike[0] + 1} has the wavelength {value:g}; {ADVICE}")
    centres = _scaled(stated.wavelength, power_to_nm(stated, path))
    outside = (centres < SHORTEST) | (centres > LONGEST)
    if outside.any():
        band = int(np.argmax(outside))
        like = " (these look like micrometres)" if centres.max() <= LARGEST_MICROMETRE else ""
        raise InputError(
            f"{path}: band {band + 1} lies at {centres[band]:g} nm{like}, outside "
            f"{SHORTEST:g}-{LONGEST:g} nm; {ADVICE}"
        )
    return centres


def widths_in_nm(stated: StatedBands, bands: int, path: str) -> Float[np.ndarray, " band"]:
    """Return the full widths at half maximum [nm], NaN where not known.

    Raises:
        InputError: if there is not one a band, or one is negative or infinite.
    """
    if not stated.fwhm:
        return np.full(bands, np.nan)
    if len(stated.fwhm) != bands:
        raise InputError(f"{path} gives {len(stated.fwhm)} band widths (fwhm) for {bands} bands")
    unlike = [i for i, value in enumerate(stated.fwhm) if value < 0 or np.isinf(value)]
    if unlike:
        value = stated.fwhm[unlike[0]]
        raise InputError(f"{path}: band {unlike[0] + 1} has the width (fwhm) {value:g}")
    widths = _scaled(stated.fwhm, power_to_nm(stated, path))
    return np.where(widths > 0, widths, np.nan)


def read_wavelength_table(path: Path) -> Float[np.ndarray, " band"]:
    """Return the numbers of a text or CSV file, one a band, as they stand.

    A heading, blank lines and lines that begin with ``#`` are passed over. Of several columns
    the one whose heading begins with "wavelength", "wl", "lambda" or "cent" is taken.

    Raises:
        InputError: if the file cannot be read, or does not hold one number a band.
    """
    rows = [re.split(r"[,;\s]+", line.strip(" \t,;")) for line in _lines(path)]
    if not rows:
        raise InputError(f"{path} holds no wavelengths; write one number a band, one a line")
    heading = [] if _number(rows[0][-1]) is not None else rows.pop(0)
    if len(rows) == 1 and not heading:
        cells = rows[0]
    else:
        column = _column(heading, rows, path)
        cells = [row[column] if column < len(row) else "" for row in rows]
    numbers = [_number(cell) for cell in cells]
    if None in numbers or not numbers:
        wrong = cells[numbers.index(None)] if numbers else ""
        raise InputError(f"{path}: {wrong!r} is no number; write one number a band, one a line")
    return np.array(numbers, dtype=np.float64)


def _lines(path: Path) -> list[str]:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST_TABLE + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text file; write one number a band, one a line") from error
    if len(content) > LARGEST_TABLE:
        raise InputError(f"{path} is too large to be a table of wavelengths")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _column(heading: list[str], rows: list[list[str]], path: Path) -> int:
    if all(len(row) == 1 for row in rows):
        return 0
    names = ("wavelength", "wl", "lambda", "cent")
    named = [i for i, name in enumerate(heading) if name.strip("\"'").casefold().startswith(names)]
    if len(named) != 1 or any(len(row) != len(heading) for row in rows):
        raise InputError(f"{path} has several columns; write one number a band, one a line")
    return named[0]


def _number(text: str) -> float | None:
    try:
        return float(text.strip("\"'"))
    except ValueError:
        return None


def power_to_nm(stated: StatedBands, path: str) -> int:
    """Return the power of ten that takes the stated numbers to nanometres.

    Where no unit is given, the size of the numbers tells it.

    Raises:
        InputError: if the unit is not one of length that is known.
    """
    if stated.unit.strip().casefold() not in UNKNOWN_UNITS:
        power = UNITS.get(stated.unit.strip().casefold().removesuffix("s"))
        if power is None:
            raise InputError(f"{path} gives wavelengths in {stated.unit!r}, not nm or µm; {ADVICE}")
        return power
    if stated.wavelength:
        return 3 if max(stated.wavelength) <= LARGEST_MICROMETRE else 0
    known = [width for width in stated.fwhm if not np.isnan(width)]
    return 3 if max(known, default=np.inf) <= LARGEST_WIDTH_IN_MICROMETRES else 0


def _scaled(numbers: Iterable[float], power: int) -> Float[np.ndarray, " band"]:
    return np.array([shift(number, power) for number in numbers], dtype=np.float64)


def shift(number: float, power: int) -> float:
    """Return ``number x 10**power``, as exact as its decimal digits: 0.4491 µm is 449.1 nm."""
    return float(Decimal(repr(float(number))).scaleb(power))


def as_stated(numbers: Sequence[float] | np.ndarray) -> StatedBands:
    """Return band centres given without a unit [nm or µm, told by their size]."""
    return StatedBands(wavelength=tuple(float(number) for number in np.ravel(numbers)))
