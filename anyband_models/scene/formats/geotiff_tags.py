"""The tags of a GeoTIFF that describe its bands.

Written in three dialects, so that most programs find them: the plain band tags ``wavelength``
and ``wavelength_units`` with every digit, GDAL's ``IMAGERY`` namespace in micrometres, and lists
in the file's ``ENVI`` namespace. Read in the same order: the first that is there counts.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anyband_models.errors import InputError
from anyband_models.scene.formats.envi_map import KEYS as MAP_KEYS
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene
from anyband_models.scene.wavelengths import StatedBands, power_to_nm, shift

Tags = dict[str, dict[str, str]]

OWN = "ANYBAND"
# Namespaces that GDAL derives from the file itself, and our own.
DERIVED = ("IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "SUBDATASETS", OWN)
BAND_KEYS = ("wavelength", "wavelength_units", "wavelength_unit", "fwhm", "bbl")
IMAGERY_KEYS = ("central_wavelength_um", "fwhm_um")
# Fields of an ENVI header that a GeoTIFF has a better place for.
PLACED = (
    "wavelength",
    "wavelength units",
    "fwhm",
    "bbl",
    "band names",
    "data ignore value",
    "reflectance scale factor",
    "data gain values",
    "data offset values",
    "quantity",
)


def stated_bands(tags: Sequence[Tags], path: str) -> StatedBands:
    """Return what the tags of the file, and of each band after it, say of the bands.

    Raises:
        InputError: if one is no number, or the bad-band list does not fit.
    """
    plain = [_folded(band, "") for band in tags[1:]]
    lists = _folded(tags[0], "") | _folded(tags[0], "ENVI")
    imagery = _imagery([_folded(band, "IMAGERY") for band in tags[1:]], path)
    spoken = [_plain(plain, path), imagery, _listed(lists, path)]
    stated = next((bands for bands in spoken if bands.wavelength), StatedBands())
    if stated.wavelength and not stated.fwhm and imagery.fwhm:
        power = 3 - power_to_nm(stated, path)
        stated = replace(stated, fwhm=tuple(shift(width, power) for width in imagery.fwhm))
    return replace(stated, good=_good(plain, lists, path))


def own_tags(scene: Scene) -> list[Tags]:
    """Return the tags of the file, and of each band after it, that describe the bands.

    Bands without wavelengths, as those of an image of indices, have none.
    """
    if np.isnan(scene.wavelength).all():
        return [{"ENVI": _envi_tags(scene), OWN: _statements(scene)}, *({} for _ in scene.good)]
    lists = {"wavelength": _list(scene.wavelength), "wavelength_units": "Nanometers"}
    if not np.isnan(scene.fwhm).all():
        lists["fwhm"] = _list(scene.fwhm)
    lists["bbl"] = "{" + ", ".join(str(int(flag)) for flag in scene.good) + "}"
    bands = [
        _band_tags(float(centre), float(width), bool(good))
        for centre, width, good in zip(scene.wavelength, scene.fwhm, scene.good, strict=True)
    ]
    return [{"ENVI": _envi_tags(scene) | lists, OWN: _statements(scene)}, *bands]


def other_tags(tags: Tags) -> Tags:
    """Return the tags that are kept as they are.

    Statistics go, for they tell of pixels that may change; so does XMP, which rasterio garbles.
    """
    kept = {
        space: {
            key: text
            for key, text in named.items()
            if key.casefold() not in BAND_KEYS + IMAGERY_KEYS and not key.startswith("STATISTICS_")
        }
        for space, named in tags.items()
        if space not in DERIVED and not space.startswith("xml:")
    }
    return {space: named for space, named in kept.items() if named}


def _statements(scene: Scene) -> dict[str, str]:
    meta = scene.meta
    said = {}
    if meta.quantity is not Quantity.REFLECTANCE:
        said["quantity"] = str(meta.quantity)
    if meta.scale_declared and set(meta.scale) == {1} and set(meta.offset) == {0}:
        said["scale_declared"] = "yes"
    return said


def _envi_tags(scene: Scene) -> dict[str, str]:
    """The other fields of an ENVI header, as GDAL names them."""
    fields = scene.meta.extra.get("header", {}) if scene.meta.driver == "ENVI" else {}
    placed = PLACED + (MAP_KEYS if scene.meta.transform and scene.meta.crs else ())
    return {
        key.replace(" ", "_"): value if isinstance(value, str) else "{" + ", ".join(value) + "}"
        for key, value in fields.items()
        if key not in placed
    }


def _band_tags(centre: float, width: float, good: bool) -> Tags:
    plain = {"wavelength": repr(centre), "wavelength_units": "nm", "bbl": str(int(good))}
    imagery = {"CENTRAL_WAVELENGTH_UM": repr(shift(centre, -3))}
    if not np.isnan(width):
        plain["fwhm"] = repr(width)
        imagery["FWHM_UM"] = repr(shift(width, -3))
    return {"": plain, "IMAGERY": imagery}


def _plain(bands: list[dict[str, str]], path: str) -> StatedBands:
    units = {band.get("wavelength_units", band.get("wavelength_unit", "")) for band in bands}
    if len(units) > 1:
        raise InputError(f"{path} gives the wavelengths of its bands in different units")
    return StatedBands(_of(bands, "wavelength", path), _of(bands, "fwhm", path), units.pop())


def _imagery(bands: list[dict[str, str]], path: str) -> StatedBands:
    centres = _of(bands, "central_wavelength_um", path)
    return StatedBands(centres, _of(bands, "fwhm_um", path), "um")


def _listed(lists: dict[str, str], path: str) -> StatedBands:
    centres, widths = (
        tuple(_number(item, path) for item in _items(lists.get(key, "")))
        for key in ("wavelength", "fwhm")
    )
    return StatedBands(centres, widths, lists.get("wavelength_units", ""))


def _good(bands: list[dict[str, str]], lists: dict[str, str], path: str) -> tuple[bool, ...]:
    flags = _of(bands, "bbl", path)
    flags = flags or tuple(_number(item, path) for item in _items(lists.get("bbl", "")))
    if flags and (len(flags) != len(bands) or not set(flags) <= {0, 1}):
        raise InputError(f"{path}: bbl must be 1 (good) or 0 (bad) for each of {len(bands)} bands")
    return tuple(flag == 1 for flag in flags)


def _of(bands: list[dict[str, str]], key: str, path: str) -> tuple[float, ...]:
    """One tag of all bands, NaN where a band lacks it; empty if all do."""
    if not any(key in band for band in bands):
        return ()
    return tuple(_number(band[key], path) if key in band else np.nan for band in bands)


def _folded(tags: Tags, space: str) -> dict[str, str]:
    return {key.casefold(): text for key, text in tags.get(space, {}).items()}


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.strip("{} \n").split(",")] if text.strip("{} \n") else []


def _list(numbers: np.ndarray) -> str:
    return "{" + ", ".join(repr(float(number)) for number in numbers) + "}"


def _number(text: str, path: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{path}: the band tag {text!r} is no number") from None
