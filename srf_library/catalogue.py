"""The sensors of the library: `data/sensors.toml`, and one table of responses a sensor.

Nothing is downloaded, and `get` reads no table but the one that is asked for.
"""

import csv
import hashlib
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from srf_library.errors import NotShippedError, TableError
from srf_library.names import folded, resolve
from srf_library.sensor import Band, Kind, Provenance, Sensor

_DATA = files("srf_library").joinpath("data")
Record = dict[str, Any]


def get(sensor: str) -> Sensor:
    """Return a sensor, by its id or any other of its names.

    Args:
        sensor: ``"sentinel2a_msi"``, ``"S2A"``, ``"Sentinel-2A MSI"``, ``"landsat-8"``, ...

    Raises:
        UnknownNameError: if no sensor is called so; the nearest names are given.
        AmbiguousNameError: if several are.
        NotShippedError: if the library knows the sensor, but not its responses.
        TableError: if the table is not the one that was shipped.

    >>> get("S2A")["B8A"].centroid.__round__(2), len(get("landsat-8"))
    (864.71, 9)
    """
    id_ = resolve(sensor, _names())
    if id_ in _records()["elsewhere"]:
        record = _records()["elsewhere"][id_]
        raise NotShippedError(id_, record["why"], record["how"])
    return _load(id_)


def list_sensors(pattern: str = "*", *, kind: Kind | None = None) -> list[str]:
    """Return the ids of the sensors whose responses are here, sorted.

    Args:
        pattern: what an id must match, ``*`` standing for anything.
        kind: ``"measured"`` or ``"gaussian"``; both if left out.

    Raises:
        ValueError: if the kind is neither.

    >>> list_sensors("landsat*")
    ['landsat4_tm', 'landsat5_tm', 'landsat7_etm', 'landsat8_oli', 'landsat9_oli2']
    """
    if kind not in (None, *get_args(Kind)):
        raise ValueError(f"kind is {kind!r}; choose 'measured' or 'gaussian'")
    ids = sorted(id_ for id_ in _records()["sensors"] if fnmatchcase(id_, pattern))
    return [id_ for id_ in ids if kind is None or _load(id_).kind == kind]


def search(text: str) -> list[str]:
    """Return the ids of the sensors in whose names or source all words of a text occur.

    >>> search("oli")
    ['landsat8_oli', 'landsat9_oli2']
    """
    words = [folded(word) for word in text.split()]
    found = []
    for id_, record in _records()["sensors"].items():
        source = (record["agency"], record["document"], record.get("package", ""))
        fields = (id_, record["title"], *record.get("aliases", ()), *source)
        haystack = [folded(field) for field in fields]
        if all(any(word in field for field in haystack) for word in words):
            found.append(id_)
    return sorted(found)


@cache
def _records() -> dict[str, dict[str, Record]]:
    return tomllib.loads(_DATA.joinpath("sensors.toml").read_text(encoding="utf-8"))


def not_shipped() -> list[str]:
    """Return the ids of the sensors that the library knows, but has no responses of, sorted."""
    return sorted(_records()["elsewhere"])


@cache
def _names() -> dict[str, tuple[str, ...]]:
    records = _records()["sensors"] | _records()["elsewhere"]
    return {id_: tuple(_spellings(record)) for id_, record in records.items()}


def _spellings(record: Record) -> Iterator[str]:
    """Yield the names of a sensor: "L5", "Landsat-5", "TM", "Landsat-5 TM", "L5 TM", "TM L5"."""
    yield record["title"]
    platforms = [
        *record.get("aliases", ()),
        *([record["platform"]] if "platform" in record else []),
    ]
    yield from platforms
    if "instrument" in record:
        yield record["instrument"]
        for platform in platforms:
            yield f"{platform} {record['instrument']}"
            yield f"{record['instrument']} {platform}"


@cache
def _load(id_: str) -> Sensor:
    record = _records()["sensors"][id_]
    return Sensor(
        id=id_,
        title=record["title"],
        bands=_bands(_table(f"{id_}.csv")),
        platform=record["platform"],
        instrument=record["instrument"],
        quality=record["quality"],
        provenance=_provenance(record),
        not_shipped=record.get("not_shipped", {}),
    )


def _provenance(record: Record) -> Provenance:
    package = _records()["packages"].get(record.get("package", ""))
    return Provenance(
        agency=record["agency"],
        document=record["document"],
        version=record["version"],
        package=f"{package['name']}, sha256 {package['sha256']}" if package else "",
        licence=record["licence"],
        edits=tuple(record["edits"]),
    )


def _table(name: str) -> str:
    """Return a table's text, once its hash is the one that was shipped."""
    content = _DATA.joinpath("tables", name).read_bytes()
    sums = _DATA.joinpath("tables", "SHA256SUMS").read_text(encoding="ascii")
    if f"{hashlib.sha256(content).hexdigest()}  {name}" not in sums.splitlines():
        raise TableError(
            f"{name} is not the table that was shipped: its sha256 differs; reinstall anyband"
        )
    return content.decode("ascii")


def _bands(table: str) -> tuple[Band, ...]:
    rows = list(csv.reader(table.splitlines()))
    if rows[0] == ["band", "centre_nm", "fwhm_nm"]:
        return tuple(Band.gaussian(band, float(nm), float(fwhm)) for band, nm, fwhm in rows[1:])
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for band, nm, response in rows[1:]:
        wavelengths, responses = curves.setdefault(band, ([], []))
        wavelengths.append(float(nm))
        responses.append(float(response))
    return tuple(Band.sampled(band, *columns) for band, columns in curves.items())
