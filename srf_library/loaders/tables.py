"""Rows of cells into bands: the heading tells which of three layouts a table has."""

import os
import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from srf_library.errors import TableError, TableWarning
from srf_library.loaders.cells import Rows
from srf_library.loaders.units import UNITS, stated_unit, wavelengths_in_nm, widths_in_nm
from srf_library.names import folded
from srf_library.sensor import Band

# No relative response lies above this, whatever its noise; those in percent do.
LARGEST_RESPONSE = 1.5
# Agencies publish noise about zero as it was measured, down to -2 % of the peak.
LARGEST_NOISE = 0.03
# A response that ends above this was cut off by its table.
LARGEST_END = 0.1

# How the headings of a column begin, without case, spaces and signs.
_HEADINGS = {
    "wavelength": ("wavelength", "wvl", "wl", "lambda", "srwl"),
    "centre": ("centre", "center", "central", "centroid", "cwl", "bandcent"),
    "fwhm": ("fwhm", "width", "bandwidth"),
    "response": ("response", "rsr", "srf", "relative", "spectralresponse", "transmi", "value"),
    "band": ("band", "channel", "name"),
}
_LAYOUTS = (
    "write a heading such as wavelength_nm,B1,B2 or band,wavelength_nm,response or "
    "band,centre_nm,fwhm_nm above the rows"
)
_BLANK = {"", "nan", "na", "n/a", "none", "null", "-"}


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
    if "fwhm" in table.roles and {"centre", "wavelength"} & set(table.roles):
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
        long = next((row for row in body if any(row[len(heading) :])), None)
        if long is not None:
            raise TableError(
                f"{source}: the row that begins with {long[0]!r} has more cells than the heading; "
                "name every column"
            )

    def gaussian_bands(self) -> tuple[Band, ...]:
        """Read a centre and a width a row."""
        column = self.roles.get("centre", self.roles.get("wavelength", 0))
        centres = self.numbers(column)
        nm = self.nanometres(column, centres)
        widths, own = self.numbers(self.roles["fwhm"]), self.heading[self.roles["fwhm"]]
        unit = self.unit or stated_unit(self.heading[column], self.source)
        stated = stated_unit(own, self.source)
        if stated and not self.unit:
            centres, widths, unit = nm, widths * UNITS[stated], "nm"
        widths = widths_in_nm(widths, centres, unit, self.source)
        names = self.texts(self.roles["band"]) if "band" in self.roles else _numbered(len(nm))
        return tuple(map(Band.gaussian, names, nm, widths))

    def long_bands(self) -> tuple[Band, ...]:
        """Read a sample a row."""
        names = np.array(self.texts(self.roles["band"]))
        nm = self.nanometres(self.roles["wavelength"])
        (responses,) = self.responses([self.roles["response"]])
        known = ~np.isnan(responses)
        names, nm, responses = names[known], nm[known], responses[known]
        order = dict.fromkeys(names.tolist())
        return tuple(
            self.sampled_band(name, nm[names == name], responses[names == name]) for name in order
        )

    def wide_bands(self) -> tuple[Band, ...]:
        """Read a band a column; an empty cell was not sampled."""
        places = [c for c, cell in enumerate(self.heading) if _role(cell) == "wavelength"]
        if len(places) > 1:
            raise TableError(
                f"{self.source} names {len(places)} columns of wavelengths; write one row a "
                "sample, as band,wavelength_nm,response"
            )
        nm = self.nanometres(places[0])
        columns = [c for c, cell in enumerate(self.heading) if cell and c != places[0]]
        if not columns:
            raise TableError(f"{self.source} has wavelengths and no responses; {_LAYOUTS}")
        names = _without_prefix([self.heading[column] for column in columns])
        return tuple(
            self.sampled_band(name, nm[known], response[known])
            for name, response in zip(names, self.responses(columns), strict=True)
            for known in [~np.isnan(response)]
        )

    def sampled_band(
        self, name: str, nm: Float[np.ndarray, " sample"], response: Float[np.ndarray, " sample"]
    ) -> Band:
        """Return a band, its noise about zero taken off; say so if the table cuts it off."""
        peak = response.max(initial=0)
        if 0 > response.min(initial=0) >= -LARGEST_NOISE * peak:
            response = np.clip(response, 0, None)
        band = Band.sampled(name, nm, response)
        low, high = band.support
        for end in (low, high):
            share = float(band.profile(np.array([end]))[0])
            if share > LARGEST_END:
                _warn(
                    f"{self.source}: band {name} ends at {end:g} nm with {100 * share:.0f} % of "
                    "its peak; the table may cut it off"
                )
        return band

    def texts(self, column: int) -> list[str]:
        """Return a column's cells."""
        return [row[column] if column < len(row) else "" for row in self.body]

    def numbers(self, column: int) -> Float[np.ndarray, " row"]:
        """Return a column's numbers, NaN where there is none."""
        return np.array([self._number(cell, column) for cell in self.texts(column)])

    def _number(self, cell: str, column: int) -> float:
        try:
            return np.nan if cell.casefold() in _BLANK else float(cell)
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
        unit = self.unit or stated_unit(self.heading[column], self.source)
        if np.isnan(values).any():
            row = int(np.argmax(np.isnan(values))) + 1
            raise TableError(
                f"{self.source}: row {row} below the heading has no wavelength; give it one, or "
                "remove the row"
            )
        return wavelengths_in_nm(values, unit, self.source)

    def responses(self, columns: Sequence[int]) -> list[Float[np.ndarray, " row"]]:
        """Return the responses of columns."""
        read = [self.numbers(column) for column in columns]
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
