"""MATLAB files: version 5 by SciPy, version 7.3, which is HDF5, by h5py.

The one three-dimensional numeric variable is the cube (line, column, band). Only it and the
wavelengths are loaded; objects, function handles, cells and links to other files never are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.header import SceneHeader, check_dtype
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.wavelengths import StatedBands, as_stated

INTEGERS = {
    f"{sign}int{bits}": f"{sign or 'i'}{bits // 8}"
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
}
NUMERIC = {"double": "f8", "single": "f4", **INTEGERS}
WAVELENGTH_NAMES = ("wavelength", "wavelengths", "wavelength_nm", "wl", "lambda")

Dataset = Any  # h5py ships no types


@dataclass(frozen=True)
class Variable:
    """A variable as the file lists it: shape in MATLAB's order, class as MATLAB calls it."""

    name: str
    shape: tuple[int, ...]
    kind: str


Load = Callable[[Path, Variable], np.ndarray]


def read_header_5(path: Path) -> SceneHeader:
    """Return what a version 5 file holds beside the pixels.

    Raises:
        InputError: if it is broken, or has not exactly one cube.
    """
    return _header(path, _listed_5(path), _load_5)


def read_header_73(path: Path) -> SceneHeader:
    """Return what a version 7.3 file holds beside the pixels.

    Raises:
        InputError: if it is broken, or has not exactly one cube.
    """
    return _header(path, _listed_73(path), _load_73)


def _header(path: Path, variables: list[Variable], load: Load) -> SceneHeader:
    cube = _cube(path, variables)
    lines, columns, bands = cube.shape
    dtype = np.dtype(NUMERIC[cube.kind])
    check_dtype(dtype, str(path))
    named = [v for v in variables if _is_wavelengths(v, bands)]
    stated = as_stated(load(path, named[0])) if named else StatedBands()
    meta = SceneMeta(
        path=str(path), driver="MAT", dtype=dtype.str, scale=(1.0,) * bands, offset=(0.0,) * bands
    )
    return SceneHeader(
        (bands, lines, columns),
        stated,
        meta,
        lambda: np.ascontiguousarray(load(path, cube).transpose(2, 0, 1)),
    )


def _is_wavelengths(variable: Variable, bands: int) -> bool:
    named = variable.name.casefold() in WAVELENGTH_NAMES and variable.kind in NUMERIC
    return named and sorted(variable.shape) in ([bands], [1, bands])


def _cube(path: Path, variables: list[Variable]) -> Variable:
    cubes = [v for v in variables if len(v.shape) == 3 and v.kind in NUMERIC and 0 not in v.shape]
    if len(cubes) == 1:
        return cubes[0]
    if cubes:
        names = ", ".join(variable.name for variable in cubes)
        raise InputError(
            f"{path} holds several cubes: {names}; save the one to read as its own file"
        )
    held = ", ".join(f"{v.name} ({v.kind})" for v in variables[:8]) or "nothing"
    raise InputError(f"{path} holds no numeric cube (line, column, band), but {held}")


def _listed_5(path: Path) -> list[Variable]:
    from scipy.io import whosmat

    try:
        return [Variable(name, tuple(shape), kind) for name, shape, kind in whosmat(str(path))]
    except Exception as error:  # SciPy raises whatever the bytes lead it to
        raise _damaged(path, error) from error


def _load_5(path: Path, variable: Variable) -> np.ndarray:
    from scipy.io import loadmat

    try:
        content = loadmat(str(path), variable_names=[variable.name])
        array = content[variable.name]
    except Exception as error:  # SciPy raises whatever the bytes lead it to
        raise _damaged(path, error) from error
    return _as_listed(array, variable, path)


def _listed_73(path: Path) -> list[Variable]:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return [
                Variable(name, file[name].shape[::-1], _kind(file[name]))
                for name in file
                if isinstance(file.get(name, getlink=True), h5py.HardLink)
                and isinstance(file[name], h5py.Dataset)
            ]
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise _damaged(path, error) from error


def _kind(dataset: Dataset) -> str:
    """MATLAB's class, or why these are no plain numbers of this file."""
    if dataset.is_virtual or dataset.external:
        return "kept in another file"
    if dataset.dtype.names:
        return "complex"
    named = dataset.attrs.get("MATLAB_class", b"")
    named = named.decode("ascii", "replace") if isinstance(named, bytes) else str(named)
    plain = {np.dtype(code): kind for kind, code in NUMERIC.items()}
    stored = plain.get(dataset.dtype.newbyteorder("="), dataset.dtype.name)
    return stored if named in ("", stored) else named if named not in NUMERIC else "damaged"


def _load_73(path: Path, variable: Variable) -> np.ndarray:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            array = file[variable.name][()].T
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise _damaged(path, error) from error
    return _as_listed(array, variable, path)


def _as_listed(array: np.ndarray, variable: Variable, path: Path) -> np.ndarray:
    if np.iscomplexobj(array):
        raise InputError(f"{path}: {variable.name} holds complex values; save real ones")
    if array.shape != variable.shape:
        raise InputError(f"{path} is damaged: {variable.name} is not as large as the file lists it")
    return array.astype(NUMERIC[variable.kind], copy=False)


def _damaged(path: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return InputError(f"{path} cannot be read as a MATLAB file: {reason}")
