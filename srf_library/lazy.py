"""Names of a package that are imported when they are first used.

It stands on the ground floor because the packages above share it.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, home: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return a package's ``__getattr__``, ``__dir__`` and ``__all__`` (PEP 562).

    Args:
        package: the package's ``__name__``.
        home: the module that each public name lives in; ``module:name`` where it has another
            name there, as what is called ``list`` must.
    """

    def find(name: str) -> Any:  # noqa: ANN401  (whatever the name stands for)
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, own_name = home[name].partition(":")
        found = getattr(import_module(module), own_name or name)
        setattr(sys.modules[package], name, found)  # the next time it is there
        return found

    names = sorted(home)
    return find, names.copy, names
