"""What physics says of a spectrum, as differentiable operators found by name.

>>> import torch, physops
>>> ndvi = physops.get("ndvi", wavelengths=[560.0, 665.0, 842.0])
>>> round(ndvi(torch.tensor([0.08, 0.05, 0.45]).reshape(1, 3, 1, 1)).item(), 4)
0.8
"""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from physops.bands import Bands as Bands
    from physops.discovery import PluginInfo as PluginInfo
    from physops.discovery import plugins as plugins
    from physops.discovery import refresh as refresh
    from physops.errors import MissingBandError as MissingBandError
    from physops.errors import PhysopsError as PhysopsError
    from physops.operator import Operator as Operator
    from physops.operator import OperatorSpec as OperatorSpec
    from physops.registration import register as register
    from physops.registration import register_formula as register_formula
    from physops.registration import unregister as unregister
    from physops.registry import get as get
    from physops.registry import indices as indices
    from physops.registry import list_operators
    from physops.registry import search as search
    from physops.registry import spec as spec

    list = list_operators

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "Bands": "physops.bands",
        "MissingBandError": "physops.errors",
        "Operator": "physops.operator",
        "OperatorSpec": "physops.operator",
        "PhysopsError": "physops.errors",
        "PluginInfo": "physops.discovery",
        "get": "physops.registry",
        "indices": "physops.registry",
        "list": "physops.registry:list_operators",
        "plugins": "physops.discovery",
        "refresh": "physops.discovery",
        "register": "physops.registration",
        "register_formula": "physops.registration",
        "search": "physops.registry",
        "spec": "physops.registry",
        "unregister": "physops.registration",
    },
)
