"""What a band of a sensor is: measured spectral responses, and exact resampling to them.

>>> import srf_library
>>> band = srf_library.get("sentinel2a_msi")["B8A"]
>>> round(band.centroid, 2), round(band.midpoint, 2), round(band.fwhm, 2)
(864.71, 864.73, 20.46)
"""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from srf_library.catalogue import get as get
    from srf_library.catalogue import list_sensors
    from srf_library.catalogue import search as search
    from srf_library.comparison import BandPair as BandPair
    from srf_library.comparison import compare as compare
    from srf_library.errors import AmbiguousNameError as AmbiguousNameError
    from srf_library.errors import CentreShiftWarning as CentreShiftWarning
    from srf_library.errors import CoverageError as CoverageError
    from srf_library.errors import GridError as GridError
    from srf_library.errors import NotShippedError as NotShippedError
    from srf_library.errors import SrfError as SrfError
    from srf_library.errors import TableError as TableError
    from srf_library.errors import TableWarning as TableWarning
    from srf_library.errors import UnknownNameError as UnknownNameError
    from srf_library.loaders import read as read
    from srf_library.resampling import ResponseMatrix as ResponseMatrix
    from srf_library.resampling import response_matrix as response_matrix
    from srf_library.sensor import Band as Band
    from srf_library.sensor import Provenance as Provenance
    from srf_library.sensor import Sensor as Sensor

    list = list_sensors

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "AmbiguousNameError": "srf_library.errors",
        "Band": "srf_library.sensor",
        "BandPair": "srf_library.comparison",
        "CentreShiftWarning": "srf_library.errors",
        "CoverageError": "srf_library.errors",
        "GridError": "srf_library.errors",
        "NotShippedError": "srf_library.errors",
        "Provenance": "srf_library.sensor",
        "ResponseMatrix": "srf_library.resampling",
        "Sensor": "srf_library.sensor",
        "SrfError": "srf_library.errors",
        "TableError": "srf_library.errors",
        "TableWarning": "srf_library.errors",
        "UnknownNameError": "srf_library.errors",
        "compare": "srf_library.comparison",
        "get": "srf_library.catalogue",
        "list": "srf_library.catalogue:list_sensors",
        "read": "srf_library.loaders",
        "response_matrix": "srf_library.resampling",
        "search": "srf_library.catalogue",
    },
)
