"""The unit of a file's wavelengths: as the user states it, as the file does, or by their size."""

import re
import warnings

import numpy as np
from jaxtyping import Float

from srf_library.errors import GridError, TableError, TableWarning
from srf_library.wavelengths import LARGEST_MICROMETRE, in_nanometres, widths_in_nanometres

# What a unit's numbers are multiplied with to be nanometres.
UNITS = {"nm": 1.0, "um": 1000.0, "angstrom": 0.1}
_SPELLINGS = {
    "nm": "nm|nanomet(er|re)s?",
    "um": "[uµμ]m|microns?|micromet(er|re)s?",
    "angstrom": "a|å|[aå]ngstr[oö]ms?",
}
# A unit ends a heading, in brackets or after a sign: "wavelength [nm]", "centre_um", "FWHM nm".
_LAST = re.compile(r"[\s_(\[{,/-]+([^\s_()\[\]{},/-]+)\s*[)\]}]*$")
_OTHER = re.compile(r"[\s_(\[{,]([mck]?m|(k|c)?m\^?-1|1/cm|[tg]?hz|m?ev)\s*[)\]}]*$")


def named_unit(name: str) -> str:
    """Return the key in `UNITS` of a unit's name; empty if it is none.

    >>> named_unit("Micrometers"), named_unit("index")
    ('um', '')
    """
    spelt = name.strip().casefold()
    return next((unit for unit, form in _SPELLINGS.items() if re.fullmatch(form, spelt)), "")


def stated_unit(heading: str, source: str) -> str:
    """Return the key in `UNITS` of the unit that a heading states; empty if it states none.

    Raises:
        TableError: if it states another unit.

    >>> stated_unit("wavelength_um", ""), stated_unit("Wavelength [nm]", ""), stated_unit("wl", "")
    ('um', 'nm', '')
    """
    if _OTHER.search(heading.casefold()):
        raise TableError(
            f"{source} states {heading!r}; give wavelengths and widths in nm, um or angstrom"
        )
    last = _LAST.search(heading)
    return named_unit(last[1]) if last else ""


def wavelengths_in_nm(
    values: Float[np.ndarray, " row"], unit: str, source: str
) -> Float[np.ndarray, " row"]:
    """Return wavelengths in nm.

    Args:
        values: as the file has them.
        unit: their unit, a key of `UNITS`; empty if nobody states it.
        source: the file, for messages.

    Raises:
        TableError: if they cannot be wavelengths in that unit.

    Warns:
        TableWarning: if nobody states the unit, and they can only be µm.
    """
    nm = values * UNITS[unit] if unit else values
    small = bool(nm.max() <= LARGEST_MICROMETRE)
    if unit and small:
        raise TableError(
            f"{source}: the wavelengths are said to be in {unit}, but end at {values.max():g}; "
            "correct the unit"
        )
    if small:
        warnings.warn(
            f"{source}: the wavelengths end at {values.max():g} and are taken for µm; state the "
            "unit to be sure",
            TableWarning,
            stacklevel=2,
        )
    try:
        return in_nanometres(np.round(nm, 6))
    except GridError as error:
        raise TableError(f"{source}: {error}") from error


def widths_in_nm(
    widths: Float[np.ndarray, " row"],
    centres: Float[np.ndarray, " row"],
    unit: str,
    source: str,
) -> Float[np.ndarray, " row"]:
    """Return band widths in nm.

    Args:
        widths: as the file has them.
        centres: the wavelengths, as the file has them.
        unit: the unit of the centres; the widths', too, but that beside µm they may be in nm.
        source: the file, for messages.

    Raises:
        TableError: if one cannot be the width of an optical band.
    """
    factor = UNITS[unit] if unit == "angstrom" else 1.0
    try:
        return widths_in_nanometres(widths * factor, centres * factor)
    except GridError as error:
        raise TableError(f"{source}: {error}") from error
