"""Operators that other distributions offer, through the entry-point group ``physops.operators``.

An entry's name is the operator's, its object a function of `Bands` that returns an `Operator`.
Nothing is imported until its name is asked for.
"""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from physops.errors import ClashingPluginsError, PluginError
from physops.operator import Operator

GROUP = "physops.operators"


def plugin_names() -> list[str]:
    """Return the names that are offered, sorted; no plugin is imported."""
    return sorted(set(entry_points(group=GROUP).names))


def load(name: str) -> Callable[..., Operator]:
    """Import the plugin that offers a name, and return what builds its operator.

    Raises:
        ClashingPluginsError: if several distributions offer the name.
        PluginError: if the plugin cannot be imported, whatever it does instead.
    """
    offers = tuple(entry_points(group=GROUP, name=name))
    if len(offers) > 1:
        raise ClashingPluginsError(name, map(_distribution, offers))
    try:
        factory: Any = offers[0].load()
    except (Exception, SystemExit) as error:
        raise PluginError(name, _distribution(offers[0]), offers[0].value, error) from error
    if not callable(factory):
        fault = TypeError("it is no function of the bands")
        raise PluginError(name, _distribution(offers[0]), offers[0].value, fault)
    build: Callable[..., Operator] = factory
    return build


def _distribution(offer: EntryPoint) -> str:
    return f"{offer.dist.name} {offer.dist.version}" if offer.dist else "an unnamed distribution"
