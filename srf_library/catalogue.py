"""The sensors that the library knows, read from `data/sensors.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

from srf_library.errors import UnknownNameError
from srf_library.sensor import Band, Sensor


@cache
def _sensors() -> dict[str, Sensor]:
    text = files("srf_library").joinpath("data/sensors.toml").read_text(encoding="utf-8")
    return {
        id_: Sensor(id_, row["title"], row["source"], tuple(Band(*band) for band in row["bands"]))
        for id_, row in tomllib.loads(text).items()
    }


def list_sensors() -> list[str]:
    """Return the ids of all sensors, sorted."""
    return sorted(_sensors())


def get(sensor: str) -> Sensor:
    """Return the sensor with this id.

    Raises:
        UnknownNameError: if no sensor has that id.

    >>> len(get("sentinel2a_msi"))
    13
    """
    if sensor not in _sensors():
        raise UnknownNameError("a sensor", sensor, _sensors())
    return _sensors()[sensor]
