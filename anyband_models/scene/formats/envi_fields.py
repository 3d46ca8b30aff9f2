"""The header of an ENVI image to be written: the source's own words, wherever they still hold."""

from collections.abc import Callable, Iterable

import numpy as np

from anyband_models.errors import InputError, UsageError
from anyband_models.scene.formats import envi_header
from anyband_models.scene.formats.envi_header import DTYPES, Fields
from anyband_models.scene.formats.envi_map import KEYS, read_map, write_map
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene
from anyband_models.scene.wavelengths import centres_in_nm, widths_in_nm

STRUCTURE = (
    "samples",
    "lines",
    "bands",
    "header offset",
    "data type",
    "interleave",
    "byte order",
)
CODES = {np.dtype(name): code for code, name in DTYPES.items()}
# What no entry of a header's list can hold.
RESERVED = ",{}\r\n"


def check_writable(scene: Scene) -> None:
    """Accept a scene that an ENVI header can describe.

    Raises:
        UsageError: if a band name holds a character that the header has another use for.
    """
    for name in scene.meta.band_names:
        if name != name.strip() or any(sign in name for sign in RESERVED):
            raise UsageError(
                f"the band name {name!r} cannot stand in an ENVI header, which gives commas, "
                "braces and outer blanks another meaning; write a GeoTIFF (.tif)"
            )


def header_text(scene: Scene, dtype: np.dtype, interleave: str) -> str:
    """Return the text of the header for numbers of this type in this order."""
    fields = _structure(scene.stored.shape, dtype, interleave) | _description(scene)
    lines = [f"{key} = {_value(key, value)}" for key, value in fields.items()]
    return "\n".join(["ENVI", *lines, ""])


def _value(key: str, value: str | list[str]) -> str:
    if isinstance(value, list):
        return "{" + ", ".join(value) + "}"
    return "{" + value + "}" if key == "description" else value


def _structure(shape: tuple[int, ...], dtype: np.dtype, interleave: str) -> Fields:
    bands, lines, samples = shape
    order = int(dtype.str[0] == ">")
    values = (samples, lines, bands, 0, CODES[dtype.newbyteorder("=")], interleave, order)
    return dict(zip(STRUCTURE, map(str, values), strict=True))


def _description(scene: Scene) -> Fields:
    """Everything but the structure: a group of the source's fields stays if it says the same."""
    fields, fresh = _source_fields(scene), _fresh_fields(scene)
    for keys, meaning in _groups(scene):
        if _said(meaning, fields) != _said(meaning, fresh):
            fields = {key: text for key, text in fields.items() if key not in keys}
            fields |= {key: text for key, text in fresh.items() if key in keys}
    return fields


def _groups(scene: Scene) -> list[tuple[tuple[str, ...], Callable[[Fields], object]]]:
    """The fields that belong together, and what they mean."""
    bands, dtype = len(scene.wavelength), scene.stored.dtype
    return [
        (("wavelength", "wavelength units", "fwhm", "bbl"), lambda f: _bands(f, bands)),
        (
            ("reflectance scale factor", "data gain values", "data offset values"),
            lambda f: envi_header.scaling(f, bands, ""),
        ),
        (("data ignore value",), lambda f: envi_header.nodata(f, dtype, "")),
        (("band names",), lambda f: envi_header.band_names(f, bands, "")),
        (("quantity",), envi_header.quantity),
        (KEYS, lambda f: read_map(f, "")),
    ]


def _said(meaning: Callable[[Fields], object], fields: Fields) -> str:
    """As text, in which NaN equals NaN and a float shows all of its digits."""
    try:
        return repr(meaning(fields))
    except InputError:
        return ""


def _bands(fields: Fields, bands: int) -> object:
    stated = envi_header.stated_bands(fields, bands, "")
    centres, widths = centres_in_nm(stated, bands, ""), widths_in_nm(stated, bands, "")
    return centres.tolist(), widths.tolist(), stated.good or (True,) * bands


def _source_fields(scene: Scene) -> Fields:
    if scene.meta.driver == "ENVI":
        return dict(scene.meta.extra.get("header", {}))
    tags = scene.meta.extra.get("tags", {}).get("ENVI", {})
    named = {key.replace("_", " ").strip().lower(): text.strip() for key, text in tags.items()}
    return {
        key: _parts(text)
        for key, text in named.items()
        if key not in STRUCTURE and not set(key) & set("=;\n{}") and "\n" not in text
    }


def _parts(text: str) -> str | list[str]:
    if text.startswith("{") and text.endswith("}"):
        return [part.strip() for part in text[1:-1].split(",")]
    return text.strip("{}")


def _fresh_fields(scene: Scene) -> Fields:
    meta = scene.meta
    fields: Fields = {}
    if not np.isnan(scene.wavelength).all():  # an image of indices has none
        fields = {"wavelength units": "Nanometers", "wavelength": _texts(scene.wavelength)}
    if not np.isnan(scene.fwhm).all():
        fields["fwhm"] = _texts(scene.fwhm)
    if not scene.good.all():
        fields["bbl"] = [str(int(flag)) for flag in scene.good]
    if meta.nodata is not None:
        fields["data ignore value"] = repr(meta.nodata)
    if any(meta.band_names):
        fields["band names"] = list(meta.band_names)
    if meta.quantity is not Quantity.REFLECTANCE:
        fields["quantity"] = str(meta.quantity)
    return fields | _scale_fields(scene) | write_map(meta.crs, meta.transform)


def _scale_fields(scene: Scene) -> Fields:
    scale, offset = scene.meta.scale, scene.meta.offset
    if not scene.meta.scale_declared and set(scale) == {1} and set(offset) == {0}:
        return {}
    if len(set(scale)) == 1 and set(offset) == {0} and 1 / (1 / scale[0]) == scale[0]:
        return {"reflectance scale factor": repr(float(1 / scale[0]))}
    return {"data gain values": _texts(scale), "data offset values": _texts(offset)}


def _texts(numbers: Iterable[float]) -> list[str]:
    return [repr(float(number)) for number in numbers]
