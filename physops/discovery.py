"""The operators of other distributions: found once, when first needed, imported when asked for."""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

from physops import built_in
from physops.bands import Bands
from physops.errors import ClashingPluginsError, PluginError
from physops.offers import Kind, Offer, scan
from physops.operator import Operator, OperatorSpec
from physops.registration import registered

SWITCH = "PHYSOPS_PLUGINS"  # set to 0, no other distribution is looked at
Status = Literal["not loaded", "loaded", "broken", "clashing", "shadowed"]


@dataclass(frozen=True)
class PluginInfo:
    """Names that a distribution offers and that share a fate.

    Attributes:
        distribution: the distribution's name.
        version: its version.
        kind: ``"operators"``, which are imported when asked for, or ``"catalog"``, formulas that
            are read as data.
        names: the names; none where what is offered cannot be read.
        status: ``"loaded"``; ``"not loaded"``, if nobody has asked for it yet; ``"broken"``;
            ``"clashing"``, if it is offered more than once; ``"shadowed"``, if the name is one of
            the library's, in whatever spelling, or has been registered.
        error: what is wrong.
    """

    distribution: str
    version: str
    kind: Kind
    names: tuple[str, ...]
    status: Status
    error: str = ""


@dataclass(frozen=True)
class _Found:
    """What a scan has found, by name, and what came of the operators that were asked for."""

    offers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)


_lock = Lock()
_found: _Found | None = None


def plugins() -> list[PluginInfo]:
    """Return what other distributions offer, and what became of it; none is imported.

    All are left out of account if the environment variable ``PHYSOPS_PLUGINS`` is 0.
    """
    found = _scanned()
    together: dict[tuple[str, str, Kind, Status, str], list[str]] = {}
    for name, offers in found.offers.items():
        for offer in offers:
            fate = _fate(offer, offers, found.outcomes)
            key = (offer.distribution, offer.version, offer.kind, *fate)
            together.setdefault(key, []).extend([name] if name else [])
    return [
        PluginInfo(distribution, version, kind, tuple(sorted(names)), status, error)
        for (distribution, version, kind, status, error), names in sorted(together.items())
    ]


def refresh() -> None:
    """Forget what was found, so that what has been installed since is found.

    A module that was imported stays what it is until Python is started anew.
    """
    global _found
    importlib.invalidate_caches()
    with _lock:
        _found = None


def offered() -> list[str]:
    """Return the names that others offer and that are not the library's, whatever their state."""
    return [name for name in _scanned().offers if name and not built_in.meant_by(name)]


def cards() -> dict[str, OperatorSpec]:
    """Return the cards of all indices of catalogs that can be used, by name."""
    sole = {name: offers[0] for name, offers in _scanned().offers.items() if len(offers) == 1}
    return {
        name: offer.card
        for name, offer in sole.items()
        if offer.card and not built_in.meant_by(name)
    }


def card(name: str) -> OperatorSpec | None:
    """Return the card of a name that is offered; None if it is an operator's, not an index's.

    Raises:
        ClashingPluginsError: if it is offered more than once.
        PluginError: if it is an index of a catalog, and something is wrong with it.
    """
    return _sole(name).card


def build(name: str, bands: Bands, **parameters: Any) -> Operator:  # noqa: ANN401  (its own)
    """Import the plugin that offers an operator, and build it.

    What the plugin refuses comes through with a note that says which distribution it is of.

    Raises:
        ClashingPluginsError: if the name is offered more than once.
        PluginError: if it cannot be imported, whatever it does instead, or is no operator.
    """
    offer = _sole(name)
    assert offer.entry is not None  # an index has a card, and is not built here
    try:
        factory = offer.entry.load()
        if not callable(factory):
            raise TypeError("it is no function of the bands")
    except (Exception, SystemExit) as error:
        raise _broken(offer, error) from error
    try:
        operator = factory(bands, **parameters)
    except Exception as error:
        error.add_note(f"raised by the operator {name!r} of {offer.origin} ({offer.value})")
        raise
    if not isinstance(operator, Operator):
        raise _broken(offer, TypeError(f"it returns {type(operator).__name__}, not an Operator"))
    _scanned().outcomes[name] = ""
    return operator


def hints() -> list[str]:
    """Return why a name that nobody offers might be missed."""
    if os.environ.get(SWITCH) == "0":
        return [f"plugins are switched off ({SWITCH}=0)"]
    unreadable = _scanned().offers.get("", ())
    return [
        f"{offer.origin} ({offer.value}) may have it, but {offer.error}" for offer in unreadable
    ]


def _scanned() -> _Found:
    global _found
    with _lock:
        if _found is None:
            by_name: dict[str, tuple[Offer, ...]] = {}
            for offer in [] if os.environ.get(SWITCH) == "0" else scan():
                by_name[offer.name] = (*by_name.get(offer.name, ()), offer)
            _found = _Found(by_name)
        return _found


def _sole(name: str) -> Offer:
    offer, *others = _scanned().offers[name]
    if others:
        raise ClashingPluginsError(name, [rival.origin for rival in (offer, *others)])
    if offer.error:
        raise PluginError(name, offer.origin, offer.value, offer.error)
    return offer


def _broken(offer: Offer, error: BaseException) -> PluginError:
    fault = f"{type(error).__name__}: {error}"
    _scanned().outcomes[offer.name] = fault
    return PluginError(offer.name, offer.origin, offer.value, fault)


def _fate(
    offer: Offer, rivals: tuple[Offer, ...], outcomes: Mapping[str, str]
) -> tuple[Status, str]:
    """Return the status of an offer among those of its name, and why it is so."""
    if not offer.name:
        return "broken", offer.error
    own = built_in.meant_by(offer.name)
    if own:
        return "shadowed", f"the name stands for the library's {' or '.join(own)}"
    if offer.name in registered():
        return "shadowed", "the running program has registered another of this name"
    if len(rivals) > 1:
        others = sorted(rival.origin for rival in rivals if rival is not offer)
        return "clashing", f"offered by {' and '.join(others)}, too"
    error = offer.error or outcomes.get(offer.name, "")
    if error:
        return "broken", error
    loaded = offer.kind == "catalog" or offer.name in outcomes
    return ("loaded" if loaded else "not loaded"), ""
