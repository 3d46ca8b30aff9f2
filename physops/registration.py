"""Operators that a program registers for itself, while it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from physops import built_in
from physops.errors import NameTakenError, ParameterError
from physops.operator import Operator, OperatorSpec
from physops.spectral_indices.card import check_name, index_card

Factory = Callable[..., Operator]


@dataclass(frozen=True)
class Registered:
    """An operator of the running program: a function of `Bands`, or the card of a formula."""

    factory: Factory | None = None
    spec: OperatorSpec | None = None


_REGISTERED: dict[str, Registered] = {}


def registered() -> Mapping[str, Registered]:
    """Return what has been registered, by name."""
    return _REGISTERED


def register(name: str, factory: Factory | None = None, *, overwrite: bool = False) -> Any:  # noqa: ANN401  (the factory, or a decorator of it)
    """Register a function of `Bands` that returns an `Operator`, as a call or as a decorator.

    Args:
        name: the name to ask for it by.
        factory: the function, or a class; left out if it is decorated.
        overwrite: whether it may take the place of one that was registered before.

    Raises:
        NameTakenError: if the name is the library's own in any spelling, or was registered before.
        ParameterError: if the name has no letter and no digit, or the factory is no function.

    >>> from physops import Bands, Operator, get
    >>> @register("my_ndvi")
    ... def my_ndvi(bands: Bands) -> Operator:
    ...     return get("ndvi", bands=bands, fill=0.0)
    >>> get("my_ndvi", sensor="S2A").fill
    0.0
    >>> unregister("my_ndvi")
    """
    if factory is None:
        return lambda decorated: register(name, decorated, overwrite=overwrite)
    check_name(name)
    if not callable(factory):
        raise ParameterError("factory", factory, "a function of physops.Bands, or a class")
    _add(name, Registered(factory=factory), overwrite)
    return factory


def register_formula(
    name: str,
    formula: str,
    *,
    reference: str,
    title: str = "",
    domain: str = "",
    constants: Mapping[str, float] | None = None,
    overwrite: bool = False,
) -> OperatorSpec:
    """Register a formula as an index, which then does all that those of the library do.

    Args:
        name: the name to ask for it by.
        formula: in bands (N, R, S1, ...), wavelengths (R531) and constants; never run as Python.
        reference: where the formula comes from.
        title: its name in full; the short one if left out.
        domain: what it is for.
        constants: what the formula's constants are if nobody says otherwise.
        overwrite: whether it may take the place of one that was registered before.

    Raises:
        FormulaError: if it is no formula, names no band, or what is neither a band nor a constant,
            or has constants that it does not use, or that have the name of something else.
        NameTakenError: if the name is the library's own in any spelling, or was registered before.
        ParameterError: if the name has no letter and no digit, there is no reference, or a
            constant is no finite number.

    >>> from physops import get
    >>> own = register_formula("MyMI", "(N - S1) / (N + S1)", reference="our field campaign")
    >>> own.operands, own.degree
    (('N', 'S1'), 0)
    >>> round(get("mymi").evaluate({"N": 0.5, "S1": 0.2}).item(), 3)
    0.429
    >>> unregister("MyMI")
    """
    spec = index_card(
        name, formula, reference=reference, title=title, domain=domain, constants=constants
    )
    _add(name, Registered(spec=spec), overwrite)
    return spec


def unregister(name: str) -> None:
    """Forget what was registered by a name, if there is such a thing."""
    _REGISTERED.pop(name, None)


def _add(name: str, entry: Registered, overwrite: bool) -> None:
    own = built_in.meant_by(name)
    if own:
        spelt = "" if name in own else f", spelt {' or '.join(own)}"
        raise NameTakenError(name, f"the library's own{spelt}; choose another")
    if name in _REGISTERED and not overwrite:
        raise NameTakenError(name, "registered already; choose another, or pass overwrite=True")
    _REGISTERED[name] = entry
