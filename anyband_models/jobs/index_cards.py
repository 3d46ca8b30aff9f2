"""What the command `physops` looks up: the cards of operators, in words and for JSON."""

from typing import Any

import physops
from anyband_models.errors import ModelError, UsageError
from physops import Bands, Operator, OperatorSpec, PhysopsError
from physops.errors import NoCardError, UnknownOperatorError
from physops.spectral_indices.operands import (
    OTHER,
    POLARISATIONS,
    RANGES,
    TOLERANCE_NM,
    find,
    place_of,
    reflects,
)
from srf_library import Sensor, UnknownNameError
from srf_library.errors import SrfError
from srf_library.names import match

LIKELY = 5


def card(name: str) -> tuple[str, OperatorSpec | None]:
    """Return an operator's name as it is spelt, and its card; None if a plugin has it.

    Raises:
        UnknownNameError, UsageError: if nobody offers it, with names alike or without.
        AmbiguousNameError: if the name is the spelling of several.
    """
    try:
        spec = physops.spec(name)
    except NoCardError:
        return match(name, dict.fromkeys(physops.list(), ())) or name, None
    except UnknownOperatorError as error:
        plugin = match(name, dict.fromkeys(physops.list(), ()))
        if plugin is None and (error.near or physops.search(name)):
            raise
        if plugin is None:
            raise UsageError(
                f"an operator called {name!r} is not known; `physops list` names them all, "
                "`physops list WORD` finds some"
            ) from error
        return plugin, None
    return spec.name, spec


def built(name: str, bands: Bands) -> Operator:
    """Return the operator that a plugin offers, built for an image.

    Raises:
        PhysopsError: if it cannot be had, or the image lacks a band.
        ModelError: if it fails in a way of its own.
    """
    try:
        operator = physops.get(name, bands=bands)
        known = isinstance(operator.spec, OperatorSpec)
    except (PhysopsError, SrfError):
        raise
    except Exception as error:
        raise ModelError(plugin_fault(name, error)) from error
    if not known:
        raise ModelError(plugin_fault(name, TypeError("its operator has no card, OperatorSpec")))
    return operator


def plugin_fault(name: str, error: Exception) -> str:
    """Return the sentence that says how a plugin failed."""
    return f"{name}, which a plugin offers, failed with {type(error).__name__}: {error}"


def overview(
    pattern: str, kind: str | None, domain: str | None, bands: Bands | None
) -> list[dict[str, Any]]:
    """Return a line for each operator.

    Args:
        pattern: what the names match, or, if none does, words of the cards.
        kind: of which kind they are; any if None.
        domain: what they are for; anything if None.
        bands: only the indices that can be computed from these.

    Raises:
        UnknownNameError: if there is no such kind or domain, or the pattern fits nothing.
        UsageError: if it fits only what the other options leave out.
    """
    cards = [spec for _, spec in map(card, physops.list()) if spec]
    _among("a kind of operator", kind, {spec.kind for spec in cards})
    _among("a domain", domain, {spec.domain for spec in cards} - {""})
    limits: dict[str, Any] = {"kind": kind, "domain": domain, "bands": bands}
    allowed, fitting = physops.list(**limits), _fitting(pattern)
    names = [name for name in fitting if name in allowed]
    if not names and pattern != "*":
        raise UsageError(
            f"{pattern!r} fits {', '.join(fitting[:LIKELY])}, which the options leave out; they "
            f"allow {len(allowed)} others: drop one of them, or the pattern"
        )
    return [_line(*card(name)) for name in names]


def _fitting(pattern: str) -> list[str]:
    """Return the names that match a pattern, or else those whose cards have its words."""
    return physops.list(pattern) or physops.search(pattern) or [card(pattern)[0]]


def _among(what: str, given: str | None, allowed: set[str]) -> None:
    if given is not None and given not in allowed:
        raise UnknownNameError(what, given, sorted(allowed))


def _line(name: str, spec: OperatorSpec | None) -> dict[str, Any]:
    if spec is None:
        return {"name": name, "title": None, "kind": None, "domain": None} | {
            "formula": None, "operands": None, "degree": None, "scale": None,
        }  # fmt: skip
    return {
        "name": name,
        "title": spec.title,
        "kind": spec.kind,
        "domain": spec.domain,
        "formula": spec.formula,
        "operands": list(spec.operands),
        "degree": spec.degree,
        "scale": scale_words(spec) if spec.kind == "index" else None,
    }


def scale_words(spec: OperatorSpec) -> str:
    """Return what an index asks of the scale of its bands.

    >>> scale_words(physops.spec("ndvi")), scale_words(physops.spec("evi"))
    ('a ratio: any scale, but no offset', 'needs reflectance')
    """
    if not any(map(reflects, spec.operands)):
        return "uses no reflectance"
    if spec.degree == 0:
        return "a ratio: any scale, but no offset"
    if spec.degree is None:
        return "needs reflectance"
    return f"needs reflectance: it goes with the scale to the power of {spec.degree}"


def look_up(name: str, sensor: Sensor | None = None) -> dict[str, Any]:
    """Return all that is known of an operator, for JSON; with a sensor, which bands it takes.

    A plugin is built for the sensor, if there is one, and has its card from then on.

    Raises:
        UnknownNameError, AmbiguousNameError: as `card` does.
        ModelError, PhysopsError: if a plugin cannot be built.
    """
    name, spec = card(name)
    if spec is None and sensor is not None:
        spec = built(name, Bands.of(sensor)).spec
    return _line(name, spec) | {
        "constants": spec.constants if spec else {},
        "reference": spec.source if spec else None,
        "reason": spec.reason if spec else None,
        "operands": [_operand(operand, sensor) for operand in spec.operands] if spec else [],
    }


def _operand(name: str, sensor: Sensor | None) -> dict[str, Any]:
    facts = {"name": name, "stands_for": stands_for(name), "range_nm": range_nm(name)}
    if sensor is None:
        return facts
    band = chosen_band(name, Bands.of(sensor))
    return facts | {"band": band and {"name": sensor.names[band["number"] - 1], **band}}


def stands_for(operand: str) -> str:
    """Return what a letter of a formula stands for.

    >>> stands_for("N"), stands_for("lambdaN"), stands_for("VV")
    ('reflectance', 'centre wavelength of N', 'radar backscatter')
    """
    if place_of(operand):
        return f"centre wavelength of {place_of(operand)}"
    if operand in POLARISATIONS:
        return "radar backscatter"
    if operand in OTHER:
        return "photosynthetically active radiation"
    if reflects(operand):
        return "reflectance"
    return "brightness temperature [K]" if operand in RANGES else "what its author says"


def range_nm(operand: str) -> list[float] | None:
    """Return where the centre of an operand's band must lie [nm]; None if it is no band.

    >>> range_nm("N"), range_nm("R531"), range_nm("VV")
    ([760.0, 900.0], [523.5, 538.5], None)
    """
    operand = place_of(operand) or operand
    if operand in RANGES:
        return [float(RANGES[operand].low), float(RANGES[operand].high)]
    if not reflects(operand):
        return None
    return [float(operand[1:]) - TOLERANCE_NM, float(operand[1:]) + TOLERANCE_NM]


def chosen_band(operand: str, bands: Bands) -> dict[str, Any] | None:
    """Return the band that an operand is taken from, numbered from 1; None if there is none."""
    channel = find(place_of(operand) or operand, bands)
    if channel is None:
        return None
    width = float(bands.fwhm[channel])
    return {
        "number": channel + 1,
        "wavelength_nm": round(float(bands.wavelength[channel]), 2),
        "fwhm_nm": round(width, 2) if width == width else None,
    }


def lacking(spec: OperatorSpec, bands: Bands) -> list[str]:
    """Return the operands that an image does not have, each with its range."""
    return [
        operand_words(operand) for operand in spec.operands if chosen_band(operand, bands) is None
    ]


def operand_words(operand: str) -> str:
    """Return an operand with its range, or what it is.

    >>> operand_words("S1"), operand_words("VH")
    ('S1 (1550-1750 nm)', 'VH (radar backscatter)')
    """
    place = range_nm(operand)
    words = stands_for(operand) if place is None else f"{place[0]:g}-{place[1]:g} nm"
    return f"{operand} ({words})"


def instead(spec: OperatorSpec, bands: Bands) -> list[str]:
    """Return some indices of the same domain that an image allows, the most alike first."""
    if not spec.domain:
        return []
    others = [physops.spec(name) for name in physops.list(domain=spec.domain, bands=bands)]
    others.sort(key=lambda other: (-len({*other.operands} & {*spec.operands}), len(other.formula)))
    return [other.name for other in others[:LIKELY]]
