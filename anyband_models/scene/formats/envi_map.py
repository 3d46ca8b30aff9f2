"""Where an ENVI image lies on the map."""

import math

from anyband_models.errors import InputError
from anyband_models.scene.formats.envi_header import Fields

Transform = tuple[float, float, float, float, float, float]

KEYS = ("map info", "coordinate system string", "affine transform", "projection info")
UTM_NORTH, UTM_SOUTH, WGS84 = 32600, 32700, 4326  # EPSG codes


def read_map(fields: Fields, path: str) -> tuple[str, Transform | None]:
    """Return the reference system as WKT, and the affine transform from pixel to map.

    ``affine transform``, a field of our own, holds what ``map info`` cannot: any six
    coefficients. A reference system that is not understood is left empty.

    Raises:
        InputError: if a number is missing or is none.
    """
    info = fields.get("map info", [])
    own = fields.get("affine transform", [])
    text = fields.get("coordinate system string", [])
    try:
        crs = known_wkt(",".join(text) if isinstance(text, list) else text) or _named_crs(info)
        if own:
            a, b, c, d, e, f = (float(item) for item in own)
            return crs, (a, b, c, d, e, f)
        return crs, _from_map_info(info) if info else None
    except (ValueError, IndexError):
        raise InputError(f"{path}: the map info of the header cannot be understood") from None


def write_map(crs: str, transform: Transform | None) -> Fields:
    """Return the fields that say where an image lies."""
    fields: Fields = {}
    if transform is not None:
        a, b, c, d, e, f = (float(number) for number in transform)
        if b == d == 0 and a > 0 > e:
            ends = [repr(number) for number in (c, f, a, -e)]
            fields["map info"] = [_projection(crs)[0], "1", "1", *ends, *_projection(crs)[1:]]
        else:
            fields["affine transform"] = [repr(number) for number in (a, b, c, d, e, f)]
    if crs:
        fields["coordinate system string"] = _envi_wkt(crs).split(",")
    return fields


def known_wkt(text: str) -> str:
    """Return WKT of any dialect as GDAL writes it; empty if it is not understood."""
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    try:
        crs = CRS.from_wkt(text, morph_from_esri_dialect=True) if text else CRS()
        code = crs.to_epsg() if crs else None
        official = CRS.from_epsg(code) if code else crs
        return (official if official == crs else crs).to_wkt()
    except CRSError:
        return ""


def _from_map_info(info: str | list[str]) -> Transform:
    column, line, x, y, width, height = (float(item) for item in info[1:7])
    turn = next((item for item in info if item.replace(" ", "").startswith("rotation=")), "=0")
    angle = -math.radians(float(turn.split("=")[1]))
    a, b = math.cos(angle) * width, -math.sin(angle) * width
    d, e = -math.sin(angle) * height, -math.cos(angle) * height
    b, d = b or 0.0, d or 0.0  # not -0.0
    return a, b, x - (column - 1) * a - (line - 1) * b, d, e, y - (column - 1) * d - (line - 1) * e


def _named_crs(info: str | list[str]) -> str:
    from rasterio.crs import CRS

    if len(info) < 8 or not any(item.strip().upper() == "WGS-84" for item in info):
        return ""
    if info[0] == "Geographic Lat/Lon":
        return CRS.from_epsg(WGS84).to_wkt()
    if info[0] == "UTM" and len(info) > 8:
        base = UTM_SOUTH if info[8].lower() == "south" else UTM_NORTH
        return CRS.from_epsg(base + int(info[7])).to_wkt()
    return ""


def _projection(crs: str) -> list[str]:
    from rasterio.crs import CRS

    code = (CRS.from_wkt(crs).to_epsg() or 0) if crs else 0
    for base, half in ((UTM_NORTH, "North"), (UTM_SOUTH, "South")):
        if base < code <= base + 60:
            return ["UTM", str(code - base), half, "WGS-84", "units=Meters"]
    if code == WGS84:
        return ["Geographic Lat/Lon", "WGS-84", "units=Degrees"]
    return ["Arbitrary", "0", "North"]


def _envi_wkt(crs: str) -> str:
    """The dialect that ENVI itself writes, if the same system can be read from it again."""
    from rasterio.crs import CRS
    from rasterio.enums import WktVersion

    dialect = CRS.from_wkt(crs).to_wkt(version=WktVersion.WKT1_ESRI)
    return dialect if known_wkt(dialect) == crs else crs
