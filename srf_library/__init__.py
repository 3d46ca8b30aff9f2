"""What a band of a sensor is: its centre, its width, and where the numbers come from.

>>> import srf_library
>>> srf_library.get("sentinel2a_msi")["B8A"].centre_nm
864.711
"""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from srf_library.catalogue import get as get
    from srf_library.catalogue import list_sensors as list_sensors
    from srf_library.errors import UnknownNameError as UnknownNameError
    from srf_library.sensor import Band as Band
    from srf_library.sensor import Sensor as Sensor

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "Band": "srf_library.sensor",
        "Sensor": "srf_library.sensor",
        "UnknownNameError": "srf_library.errors",
        "get": "srf_library.catalogue",
        "list_sensors": "srf_library.catalogue",
    },
)
