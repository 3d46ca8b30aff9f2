"""The bands that an ENVI header states: each responds as a Gaussian of its centre and width."""

import re

import numpy as np

from srf_library.errors import TableError
from srf_library.loaders.units import named_unit, wavelengths_in_nm, widths_in_nm
from srf_library.sensor import Band

_FIELD = re.compile(r"^\s*([^=\n]+?)\s*=\s*(\{[^}]*\}|[^\n]*)", re.MULTILINE)
_NO_UNIT = {"", "unknown", "none"}


def bands(text: str, unit: str, source: str) -> tuple[Band, ...]:
    """Return the bands of an ENVI header, bad ones included.

    Args:
        text: the header.
        unit: the unit of its wavelengths, if the user states it.
        source: the file, for messages.

    Raises:
        TableError: if it does not give one wavelength and one width a band.
    """
    fields = {name.casefold(): value.strip("{} \t\r\n") for name, value in _FIELD.findall(text)}
    centres, widths = (_numbers(fields, name, source) for name in ("wavelength", "fwhm"))
    if not len(centres) or len(widths) != len(centres):
        raise TableError(
            f"{source} gives {len(centres)} wavelengths and {len(widths)} widths (fwhm); a "
            "response needs both for every band: add the list that is short"
        )
    stated = fields.get("wavelength units", "")
    if not unit and not named_unit(stated) and stated.casefold() not in _NO_UNIT:
        raise TableError(f"{source} gives wavelengths in {stated!r}; give them in nm or um")
    unit = unit or named_unit(stated)
    nm = wavelengths_in_nm(centres, unit, source)
    widths = widths_in_nm(widths, centres, unit, source)
    names = _texts(fields, "band names")
    if len(names) != len(nm) or len(set(names)) != len(nm):
        names = [f"B{number}" for number in range(1, len(nm) + 1)]
    return tuple(map(Band.gaussian, names, nm, widths))


def _texts(fields: dict[str, str], name: str) -> list[str]:
    return [cell.strip() for cell in fields.get(name, "").split(",") if cell.strip()]


def _numbers(fields: dict[str, str], name: str, source: str) -> np.ndarray:
    try:
        return np.array([float(cell) for cell in _texts(fields, name)])
    except ValueError:
        raise TableError(f"{source}: {name} holds something that is no number") from None
