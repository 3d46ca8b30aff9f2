"""sensorsio: VENµS, twelve responses sampled at 2.5 nm by its agency."""

import numpy as np

from srf_library.convert.archive import Read, Responses
from srf_library.convert.cures import clipped
from srf_library.profiles import trimmed

TABLE = "sensorsio/data/venus/srs_venus.txt"
SENSORS = {"venus_vssc": TABLE}


def responses(sensor: str, read: Read) -> Responses:
    """Return the responses of a sensor, by band; the file's wavelengths are in µm."""
    table = np.loadtxt(read(SENSORS[sensor]).decode("ascii").splitlines())
    nm = np.round(1000 * table[:, 0], 3)
    columns = enumerate(table.T[1:], start=1)
    return {f"B{number}": trimmed(nm, clipped(response)) for number, response in columns}
