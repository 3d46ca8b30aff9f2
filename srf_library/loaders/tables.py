"""Rows of cells into bands: the heading tells which of three layouts a table has."""

import os
import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from srf_library.errors import GridError, TableError, TableWarning
from srf_library.loaders.cells import Rows
from srf_library.names import folded
from srf_library.sensor import Band
from srf_library.wavelengths import LARGEST_MICROMETRE, in_nanometres

# What a unit's numbers are multiplied with to be nanometres.
UNITS = {"nm": 1.0, "um": 1000.0}
# No relative response lies above this, whatever its noise; those in percent do.
LARGEST_RESPONSE = 1.5

# How the headings of a column begin, without case, spaces and signs.
_HEADINGS = {
    "wavelength": ("wavelength", "wvl", "wl", "lambda", "srwl"),
    "centre": ("centre", "center", "centroid", "cwl"),
    "fwhm": ("fwhm", "width", "bandwidth"),
    "response": ("response", "rsr", "srf", "relative", "spectralresponse"),
    "band": ("band", "channel", "name"),
}
_LAYOUTS = (
    "write a heading such as wavelength_nm,B1,B2 or band,wavelength_nm,response or "
    "band,centre_nm,fwhm_nm above the rows"
)


def bands(rows: Rows, unit: str, source: str) -> tuple[Band, ...]:
    """Return the bands of a table.

    Args:
        rows: its cells; what stands above the heading is passed over.
        unit: the unit of its wavelengths, if the user states it.
        source: the file, for messages.

    Raises:
        TableError: if it has none of the three layouts, or cannot be read as such.
    """
    start = heading_row(rows)
    if start is None:
        raise TableError(f"{source} names no column of wavelengths; {_LAYOUTS}")
    heading, body = rows[start], [row for row in rows[start + 1 :] if any(row)]
    if not body:
        raise TableError(f"{source} has a heading and no rows; add a row for each sample or band")
    table = _Table(heading, body, unit, source)
    if {"fwhm"} <= set(table.roles) and {"centre", "wavelength"} & set(table.roles):
        return table.gaussian_bands()
    if {"band", "wavelength", "response"} <= set(table.roles):
        return table.long_bands()
    return table.wide_bands()


def heading_row(rows: Rows) -> int | None:
    """Return the first row that names a column of wavelengths, or of centres and widths."""
    for number, row in enumerate(rows):
        roles = {_role(cell) for cell in row}
        if len(row) > 1 and ("wavelength" in roles or {"centre", "fwhm"} <= roles):
            return number
    return None


def _role(heading: str) -> str:
    name = folded(heading)
    starts = ((role, begin) for role, begins in _HEADINGS.items() for begin in begins)
    return next((role for role, begin in starts if name.startswith(begin)), "")


class _Table:
    """A heading and the rows below it."""

    def __init__(self, heading: list[str], body: Rows, unit: str, source: str) -> None:
        self.heading, self.body, self.unit, self.source = heading, body, unit, source
        self.roles: dict[str, int] = {}
        for column, cell in enumerate(heading):
            self.roles.setdefault(_role(cell), column)

    def gaussian_bands(self) -> tuple[Band, ...]:
        """Read a centre and a width a row."""
        column = self.roles.get("centre", self.roles.get("wavelength", 0))
        centres, widths = self.numbers(column), self.numbers(self.roles["fwhm"])
        nm = self.nanometres(column, centres)
        factor = self.stated(self.roles["fwhm"]) or nm[0] / centres[0]
        names = self.texts(self.roles["band"]) if "band" in self.roles else _numbered(len(nm))
        return tuple(map(Band.gaussian, names, nm, widths * factor))

    def long_bands(self) -> tuple[Band, ...]:
        """Read a sample a row."""
        names = np.array(self.texts(self.roles["band"]))
        nm = self.nanometres(self.roles["wavelength"])
        responses = self.responses([self.roles["response"]])[0]
        order = dict.fromkeys(names.tolist())
        return tuple(
            Band.sampled(name, nm[names == name], responses[names == name]) for name in order
        )

    def wide_bands(self) -> tuple[Band, ...]:
        """Read a band a column."""
        wavelength = self.roles["wavelength"]
        nm = self.nanometres(wavelength)
        columns = [c for c, cell in enumerate(self.heading) if cell and c != wavelength]
        if not columns:
            raise TableError(f"{self.source} has wavelengths and no responses; {_LAYOUTS}")
        names = _without_prefix([self.heading[column] for column in columns])
        return tuple(map(Band.sampled, names, [nm] * len(names), self.responses(columns)))

    def texts(self, column: int) -> list[str]:
        """Return a column's cells."""
        return [row[column] if column < len(row) else "" for row in self.body]

    def numbers(self, column: int, blank: float = np.nan) -> Float[np.ndarray, " row"]:
        """Return a column's numbers."""
        return np.array([self._number(cell, column, blank) for cell in self.texts(column)])

    def _number(self, cell: str, column: int, blank: float) -> float:
        try:
            return float(cell) if cell else blank
        except ValueError:
            raise TableError(
                f"{self.source}: {cell!r} in column {self.heading[column]!r} is no number; "
                "correct it, or put # before lines that are comments"
            ) from None

    def nanometres(
        self, column: int, values: Float[np.ndarray, " row"] | None = None
    ) -> Float[np.ndarray, " row"]:
        """Return a column's wavelengths [nm]."""
        values = self.numbers(column) if values is None else values
        factor = self.stated(column)
        if factor is None and np.nanmax(values, initial=0) <= LARGEST_MICROMETRE:
            _warn(
                f"{self.source}: the wavelengths end at {np.nanmax(values, initial=0):g} and are "
                "taken for µm; state the unit to be sure"
            )
        try:
            # A stated unit wins: 15 may be nm, though only an X-ray sensor would have it.
            return in_nanometres(values if factor is None else np.round(values * factor, 6))
        except GridError as error:
            raise TableError(f"{self.source}: {error}") from error

    def stated(self, column: int) -> float | None:
        """Return what takes a column to nm, if the user or the column's heading states a unit."""
        if self.unit:
            return UNITS[self.unit]
        name = self.heading[column].casefold().replace("µ", "u").replace("μ", "u")
        name = name.rstrip(" )]")
        if name.endswith(("um", "micron", "microns", "micrometer", "micrometers", "micrometres")):
            return UNITS["um"]
        return UNITS["nm"] if name.endswith(("nm", "nanometer", "nanometers")) else None

    def responses(self, columns: Sequence[int]) -> list[Float[np.ndarray, " row"]]:
        """Return the responses of columns; an empty cell is no response."""
        read = [self.numbers(column, blank=0.0) for column in columns]
        peak = max(float(np.nanmax(column, initial=0)) for column in read)
        if peak > LARGEST_RESPONSE:
            _warn(
                f"{self.source}: the responses peak at {peak:g} and are taken for percent, or "
                "another scale; only their shape counts, and each band's peak becomes 1"
            )
        return read


def _numbered(count: int) -> list[str]:
    return [f"B{number}" for number in range(1, count + 1)]


def _without_prefix(names: list[str]) -> list[str]:
    """Take off what all names begin with, up to a sign: ``S2A_SR_AV_B1`` is ``B1``."""
    common = os.path.commonprefix(names) if len(names) > 1 else ""  # noqa: RUF071  (characters)
    cut = max(common.rfind("_"), common.rfind(" ")) + 1
    return [name[cut:] for name in names]


def _warn(sentence: str) -> None:
    warnings.warn(sentence, TableWarning, stacklevel=2)
