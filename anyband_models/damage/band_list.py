"""The user's way to name bands: ``1350-1450nm,12,30-33,B10``."""

import re

import numpy as np
from jaxtyping import Float

from anyband_models.errors import UsageError

_NUMBERS = re.compile(r"(\d+)(?:-(\d+))?")
_WAVELENGTHS = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?\s*nm")


def parse_bands(
    text: str, wavelength: Float[np.ndarray, " band"], names: tuple[str, ...] = ()
) -> tuple[int, ...]:
    """Return the indices, from 0 and ascending, of the bands that a list names.

    Args:
        text: items separated by commas, each a band number from 1 as ENVI and GDAL count
            (``12``), a range of them (``30-33``), a range of wavelengths, ends included
            (``1350-1450nm``), one wavelength (``760nm``: the nearest band), or a band's name,
            unless it reads as a number.
        wavelength: band centres [nm].
        names: band names, if there are any.

    Raises:
        UsageError: if an item cannot be understood, or names no band.

    >>> parse_bands("2,480-510nm", np.array([440.0, 460.0, 490.0, 500.0]))
    (1, 2, 3)
    """
    found: set[int] = set()
    for item in filter(None, (part.strip() for part in text.split(","))):
        found.update(_bands_of(item, wavelength, names))
    return tuple(sorted(found))


def _bands_of(
    item: str, wavelength: Float[np.ndarray, " band"], names: tuple[str, ...]
) -> list[int]:
    if match := _NUMBERS.fullmatch(item):
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= len(wavelength):
            raise UsageError(
                f"band {item!r} is not among this scene's bands, which are numbered from 1 to "
                f"{len(wavelength)}; name bands by number (12, 30-33) or wavelength (1350-1450nm)"
            )
        return list(range(first - 1, last))
    if item in names:
        return [index for index, name in enumerate(names) if name == item]
    if match := _WAVELENGTHS.fullmatch(item):
        return _bands_within(item, float(match[1]), match[2] and float(match[2]), wavelength)
    raise UsageError(
        f"{item!r} in the list of bands cannot be understood; write band numbers from 1 "
        "(12, 30-33), wavelengths (760nm, 1350-1450nm) or band names, separated by commas"
    )


def _bands_within(
    item: str, low: float, high: float | str | None, wavelength: Float[np.ndarray, " band"]
) -> list[int]:
    extent = f"this scene's bands lie between {wavelength.min():g} and {wavelength.max():g} nm"
    if not isinstance(high, float):
        if not wavelength.min() <= low <= wavelength.max():
            raise UsageError(f"no band is near {item}; {extent}")
        return [int(np.argmin(np.abs(wavelength - low)))]
    inside = np.flatnonzero((wavelength >= low) & (wavelength <= high)).tolist()
    if not inside:
        raise UsageError(f"no band's centre lies within {item}; {extent}")
    return inside
