"""The spectra of what a leaf absorbs and of bare soil, read from the package `prosail`.

They are its data, under its licence (GPL-3), so this package has no copy of them: they are read
from where it is installed, as text, and none of its code is imported for that.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from emulator_training.errors import MissingExtraError, TablesMissingError, WavelengthRangeError

SHORTEST, LONGEST = 400, 2500  # [nm], in steps of one
LEAF, SOIL = "prospect_d_spectra.txt", "soil_reflectance.txt"
# The columns of LEAF, in the order of the parameters cab, car, cbrown, cw, cm, ant.
COLUMNS = (2, 3, 5, 6, 7, 4)


@dataclass(frozen=True)
class Tables:
    """Spectra at some wavelengths.

    Attributes:
        wavelengths: where [nm].
        refraction: the refractive index of a leaf [1].
        absorption: what cab, car, cbrown, cw, cm and ant absorb, a row each, in the reciprocal
            of the unit of each.
        dry: the reflectance of dry soil [1].
        wet: that of wet soil [1].
    """

    wavelengths: Float64[np.ndarray, " wavelength"]
    refraction: Float64[np.ndarray, " wavelength"]
    absorption: Float64[np.ndarray, "absorber wavelength"]
    dry: Float64[np.ndarray, " wavelength"]
    wet: Float64[np.ndarray, " wavelength"]


def tables(wavelengths: Float64[np.ndarray, " wavelength"] | None = None) -> Tables:
    """Return the spectra at these wavelengths [nm], or at every whole one.

    Between two whole nanometres they are interpolated linearly, which is not exact.

    Raises:
        TablesMissingError: if the package `prosail` is not installed.
        WavelengthRangeError: if a wavelength is not one of theirs.
    """
    whole = _whole()
    if wavelengths is None:
        return whole
    outside = ~((wavelengths >= SHORTEST) & (wavelengths <= LONGEST))
    if outside.any() or not wavelengths.size:
        found = float(wavelengths[outside][0]) if wavelengths.size else None
        raise WavelengthRangeError(found, SHORTEST, LONGEST)

    def at(column: Float64[np.ndarray, " whole"]) -> Float64[np.ndarray, " wavelength"]:
        return np.interp(wavelengths, whole.wavelengths, column)

    return Tables(
        wavelengths=wavelengths,
        refraction=at(whole.refraction),
        absorption=np.stack([at(row) for row in whole.absorption]),
        dry=at(whole.dry),
        wet=at(whole.wet),
    )


def need_tables(command: str) -> None:
    """Refuse to begin a command that nothing can stand in for PROSAIL in.

    Raises:
        MissingExtraError: if the package `prosail` is not installed.
    """
    try:
        _whole()
    except TablesMissingError:
        raise MissingExtraError(command, "prosail", "emulator") from None


@cache
def _whole() -> Tables:
    folder = _folder()
    leaf, soil = np.loadtxt(folder / LEAF), np.loadtxt(folder / SOIL)
    return Tables(leaf[:, 0], leaf[:, 1], leaf[:, COLUMNS].T, soil[:, 0], soil[:, 1])


def _folder() -> Path:
    found = find_spec("prosail")
    if found is None or not found.submodule_search_locations:
        raise TablesMissingError
    return Path(found.submodule_search_locations[0])
