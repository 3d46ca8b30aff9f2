"""The fields of an ENVI header, and what each group of them says."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.header import fitting_nodata
from anyband_models.scene.meta import Quantity
from anyband_models.scene.wavelengths import StatedBands

Fields = dict[str, str | list[str]]

DTYPES = {
    1: "u1",
    2: "i2",
    3: "i4",
    4: "f4",
    5: "f8",
    12: "u2",
    13: "u4",
    14: "i8",
    15: "u8",
}
# Where the file's axes (band, line, sample) stand, by interleave.
AXES = {"bsq": (0, 1, 2), "bil": (1, 0, 2), "bip": (1, 2, 0)}


@dataclass(frozen=True)
class Geometry:
    """Where in the data file each number stands.

    Attributes:
        shape: numbers of bands, lines and samples.
        dtype: the stored type, byte order included.
        interleave: bsq, bil or bip.
        offset: bytes before the first number.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype
    interleave: str
    offset: int

    @property
    def bytes(self) -> int:
        """The size that the data file must have."""
        bands, lines, samples = self.shape
        return bands * lines * samples * self.dtype.itemsize + self.offset


def read_fields(path: Path) -> Fields:
    """Return the fields of a header, as text; the names in lower case.

    Raises:
        InputError: if it cannot be read as an ENVI header.
    """
    from spectral.io.envi import EnviException, read_envi_header

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # names not in lower case
            return read_envi_header(str(path))
    except (EnviException, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read as an ENVI header: "
            "a brace is not closed, or it is not UTF-8 text"
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def geometry(fields: Fields, path: str) -> Geometry:
    """Return where the numbers stand.

    Raises:
        InputError: if a field is missing, or is not what it must be.
    """
    if _whole(fields, "file compression", path, default=0):
        raise InputError(f"{path}: the data are compressed; save them without compression")
    bands, lines, samples = (
        _whole(fields, name, path, least=1) for name in ("bands", "lines", "samples")
    )
    code = _whole(fields, "data type", path)
    if code not in DTYPES:
        allowed = ", ".join(str(number) for number in DTYPES)
        raise InputError(f"{path}: data type = {code} is not read; the types {allowed} are")
    interleave = str(fields.get("interleave", "")).lower()
    if interleave not in AXES:
        raise InputError(f"{path}: interleave = {interleave or 'missing'} is not bsq, bil or bip")
    dtype = np.dtype(DTYPES[code])
    order = _whole(fields, "byte order", path, default=0 if dtype.itemsize == 1 else None)
    if order not in (0, 1):
        raise InputError(f"{path}: byte order = {order} is neither 0 (little) nor 1 (big)")
    offset = _whole(fields, "header offset", path, default=0)
    stored = np.dtype(f"{'<>'[order]}{DTYPES[code]}")
    return Geometry((bands, lines, samples), stored, interleave, offset)


def stated_bands(fields: Fields, bands: int, path: str) -> StatedBands:
    """Return what the header says of the bands.

    Raises:
        InputError: if a list holds anything but numbers, or the bad-band list does not fit.
    """
    good = _numbers(fields, "bbl", path)
    if good and (len(good) != bands or not set(good) <= {0, 1}):
        raise InputError(
            f"{path}: bbl must hold {bands} numbers, 1 for a good band, 0 for a bad one"
        )
    unit = fields.get("wavelength units", "")
    return StatedBands(
        wavelength=_numbers(fields, "wavelength", path),
        fwhm=_numbers(fields, "fwhm", path),
        unit=unit if isinstance(unit, str) else "",
        good=tuple(flag == 1 for flag in good),
    )


def scaling(
    fields: Fields, bands: int, path: str
) -> tuple[tuple[float, ...], tuple[float, ...], bool]:
    """Return scale and offset of each band, and whether the header states any.

    Raises:
        InputError: if a number is missing or impossible, or two statements contradict.
    """
    factor = _numbers(fields, "reflectance scale factor", path)
    gains = _numbers(fields, "data gain values", path)
    offsets = _numbers(fields, "data offset values", path)
    for name, numbers, count in (
        ("reflectance scale factor", factor, 1),
        ("data gain values", gains, bands),
        ("data offset values", offsets, bands),
    ):
        if numbers and (len(numbers) != count or not np.isfinite(numbers).all()):
            raise InputError(f"{path}: {name} must hold {count} number(s); it has {len(numbers)}")
    if 0 in factor + gains:
        raise InputError(
            f"{path}: a scale of 0 would leave nothing of the data; correct the header"
        )
    if factor and gains:
        raise InputError(
            f"{path} has both a reflectance scale factor and data gain values; remove one of them"
        )
    scale = gains or tuple(1 / number for number in factor) * bands or (1.0,) * bands
    return scale, offsets or (0.0,) * bands, bool(factor or gains or offsets)


def nodata(fields: Fields, dtype: np.dtype, path: str) -> float | int | None:
    """Return the data ignore value; None if there is none, or the type cannot hold it.

    Raises:
        InputError: if it is no number.
    """
    text = str(fields.get("data ignore value", "")).strip()
    if not text:
        return None
    try:
        return fitting_nodata(int(text), dtype)
    except ValueError:
        number = _numbers(fields, "data ignore value", path)
        if len(number) != 1:
            raise InputError(f"{path}: data ignore value = {text} is no number") from None
        return fitting_nodata(number[0], dtype)


def band_names(fields: Fields, bands: int, path: str) -> tuple[str, ...]:
    """Return the band names; empty if there are none.

    Raises:
        InputError: if there is not one a band.
    """
    names = _items(fields, "band names")
    if not any(names):
        return ()
    if len(names) != bands:
        raise InputError(
            f"{path}: {len(names)} band names for {bands} bands; no name may hold a comma"
        )
    return tuple(names)


def quantity(fields: Fields) -> Quantity:
    """Return what the values are: reflectance, unless the header says otherwise."""
    text = str(fields.get("quantity", ""))
    return Quantity(text) if text in set(Quantity) else Quantity.REFLECTANCE


def _items(fields: Fields, name: str) -> list[str]:
    value = fields.get(name, [])
    return [value] if isinstance(value, str) else value


def _numbers(fields: Fields, name: str, path: str) -> tuple[float, ...]:
    items = _items(fields, name)
    if not any(items):
        return ()
    try:
        return tuple(float(item) for item in items)
    except ValueError as error:
        raise InputError(f"{path}: {name} holds something else than numbers ({error})") from error


def _whole(fields: Fields, name: str, path: str, least: int = 0, default: int | None = None) -> int:
    if name not in fields and default is not None:
        return default
    if name not in fields:
        raise InputError(f"{path}: the field {name!r} is missing from the header")
    text = str(fields[name])
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise InputError(f"{path}: {name} = {text} is no whole number")
    if int(text) < least:
        raise InputError(f"{path}: {name} = {text} must be at least {least}")
    return int(text)
