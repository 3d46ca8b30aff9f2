"""The tests that any operator must pass, and Hypothesis strategies: for your own tests.

>>> import physops
>>> from physops.testing import check_operator
>>> check_operator(physops.get("savi", sensor="S2A"))
"""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from physops.testing.check import check_operator as check_operator
    from physops.testing.laws import LAWS as LAWS
    from physops.testing.strategies import bands as bands
    from physops.testing.strategies import masks as masks
    from physops.testing.strategies import reflectance as reflectance

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "LAWS": "physops.testing.laws",
        "bands": "physops.testing.strategies",
        "check_operator": "physops.testing.check",
        "masks": "physops.testing.strategies",
        "reflectance": "physops.testing.strategies",
    },
)
