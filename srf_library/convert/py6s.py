"""Py6S: responses sampled at 2.5 nm, as lists in a Python module, which is read but not run."""

import ast

import numpy as np

from srf_library.convert.archive import Read, Responses
from srf_library.convert.cures import clipped
from srf_library.profiles import trimmed

MODULE = "Py6S-1.9.2/Py6S/Params/wavelength.py"
STEP = 2.5  # nm

_SLSTR = {f"S{n}": f"SLSTR_{n:02d}" for n in range(1, 7)}
_PROBAV = {"BLUE": "01", "RED": "02", "NIR": "03", "SWIR": "04"}
SENSORS = {
    "sentinel3a_slstr": {band: f"S3A_{name}" for band, name in _SLSTR.items()},
    "sentinel3b_slstr": {band: f"S3B_{name}" for band, name in _SLSTR.items()},
    **{
        f"probav_camera{camera}": {b: f"PROBAV_{camera}_{name}" for b, name in _PROBAV.items()}
        for camera in (1, 2, 3)
    },
}


def responses(sensor: str, read: Read) -> Responses:
    """Return the responses of a sensor, by band."""
    listed = _constants(read(MODULE).decode("utf-8"))
    tables = {}
    for band, constant in SENSORS[sensor].items():
        first, last, response = listed[constant]
        wavelength = first + STEP * np.arange(len(response))
        if abs(wavelength[-1] - last) > 1e-6:
            raise ValueError(f"{constant} does not end where it says")
        tables[band] = trimmed(np.round(wavelength, 3), clipped(np.array(response)))
    return tables


def _constants(source: str) -> dict[str, tuple[float, float, list[float]]]:
    """Return ``NAME = (id, first [µm], last [µm], np.array([...]))``, the ends in nm."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Tuple(elts=[_, first, last, ast.Call(args=[samples])]),
            ):
                ends = (1000 * float(ast.literal_eval(end)) for end in (first, last))
                found[name] = (*ends, ast.literal_eval(samples))
    return found
