"""What the command `srf` looks up: a sensor by name or file, and what is to be told of it."""

from pathlib import Path
from typing import Any

import srf_library
from anyband_models.files import staged
from srf_library import Sensor, UnknownNameError
from srf_library.sensor import Kind

FILES = (".csv", ".txt", ".tsv", ".xlsx", ".hdr")


def find_sensor(name: str, sheet: str = "", unit: str = "") -> Sensor:
    """Return a sensor of the library, or that of a file with responses.

    Args:
        name: of the sensor, or of the file.
        sheet: the sheet of a workbook, where several hold responses.
        unit: the unit of the file's wavelengths, where it does not say so.

    Raises:
        UnknownNameError: if it is neither.
        SrfError: as `srf_library.get` and `srf_library.read` do.
    """
    if Path(name).suffix.lower() in FILES or Path(name).is_file():
        return srf_library.read(name, sheet=sheet, unit=unit)
    return srf_library.get(name)


def overview(pattern: str, kind: Kind | None) -> list[dict[str, Any]]:
    """Return a line for each sensor of the library.

    Args:
        pattern: what the ids match, or, if none does, words of the names and sources.
        kind: measured or gaussian; both if None.

    Raises:
        UnknownNameError: if the pattern fits none.
        NotShippedError: if it fits one that is known, but not here.
    """
    ids = srf_library.list(pattern, kind=kind)
    if not ids:
        of_kind = srf_library.list(kind=kind)
        ids = [id_ for id_ in srf_library.search(pattern) if id_ in of_kind]
    if not ids and srf_library.list(pattern):
        raise UnknownNameError(f"a {kind} sensor", pattern, of_kind)
    return [_line(srf_library.get(id_)) for id_ in ids or [srf_library.get(pattern).id]]


def _line(sensor: Sensor) -> dict[str, Any]:
    return {
        "id": sensor.id,
        "title": sensor.title,
        "bands": len(sensor),
        "range_nm": [round(end, 1) for end in sensor.range_nm],
        "kind": sensor.kind,
        "quality": sensor.quality,
    }


def description(sensor: Sensor) -> dict[str, Any]:
    """Return all that is known of a sensor, for JSON."""
    source = sensor.provenance
    lacking: dict[str, list[str]] = {}
    for band, why in sensor.not_shipped.items():
        lacking.setdefault(why, []).append(band)
    return _line(sensor) | {
        "agency": source.agency,
        "document": source.document,
        "version": source.version,
        "package": source.package,
        "licence": source.licence,
        "edits": list(source.edits),
        "not_shipped": lacking,
        "bands": [
            {
                "name": band.name,
                "centroid_nm": band.centroid,
                "midpoint_nm": band.midpoint,
                "fwhm_nm": band.fwhm,
                "support_nm": list(band.support),
            }
            for band in sensor
        ],
    }


def comparison(first: Sensor, second: Sensor) -> list[dict[str, Any]]:
    """Return each band of a sensor with its partner in another, for JSON."""
    return [
        {
            "band": pair.first.name,
            "centroid_nm": pair.first.centroid,
            "partner": pair.second.name if pair.second else None,
            "partner_centroid_nm": pair.second.centroid if pair.second else None,
            "centroid_shift_nm": pair.centroid_shift,
            "fwhm_change_nm": pair.fwhm_change,
            "overlap": pair.overlap,
        }
        for pair in srf_library.compare(first, second)
    ]


def plot(sensors: list[Sensor], path: Path, overwrite: bool) -> None:
    """Draw the responses of one or two sensors into a file.

    Raises:
        UsageError, InputError: if the file may not be written.
    """
    from anyband_models.report.responses import draw

    with staged(overwrite) as stage:
        draw(sensors, stage(path), path.suffix)
