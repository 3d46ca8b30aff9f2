"""The card of an index that is not the catalogue's, from its formula."""

import math
from collections.abc import Mapping

import numpy as np

from physops.errors import FormulaError, ParameterError
from physops.operator import OperatorSpec
from physops.spectral_indices.degree import degree_of
from physops.spectral_indices.formula import FUNCTIONS
from physops.spectral_indices.operands import check_names, is_operand, needed_names, operands_of
from srf_library.names import folded

# What `physops.get` and an index take by these names, which no constant can have.
RESERVED = frozenset(
    [
        "name",
        "names",
        "specs",
        "sensor",
        "bands",
        "wavelengths",
        "variant",
        "fill",
        "scale",
        "offset",
        "check",
    ]
)


def index_card(
    name: str,
    formula: str,
    *,
    reference: str,
    title: str = "",
    domain: str = "",
    constants: Mapping[str, float] | None = None,
) -> OperatorSpec:
    """Return the card of an index, once its formula is known to be one.

    Args:
        name: the name to ask for it by.
        formula: in bands (N, R, S1, ...), wavelengths (R531) and constants; never run as Python.
        reference: where the formula comes from.
        title: its name in full; the short one if left out.
        domain: what it is for.
        constants: what the formula's constants are if nobody says otherwise.

    Raises:
        FormulaError: if it is no formula, names no band, or what is neither a band nor a constant,
            or has constants that it does not use, or that have the name of something else.
        ParameterError: if the name has no letter and no digit, there is no reference, or a
            constant is no finite number.

    >>> card = index_card("MyMI", "(N - S1) / (N + S1)", reference="our field campaign")
    >>> card.operands, card.degree, card.title
    (('N', 'S1'), 0, 'MyMI')
    """
    check_name(name)
    for what, text in (("formula", formula), ("reference", reference)):
        if not isinstance(text, str) or not text.strip():
            raise ParameterError(what, text, f"the {what}, as a text")
    given = dict(constants or {})
    _check_constants(formula, given)
    check_names(formula, frozenset(given))
    return OperatorSpec(
        name=name,
        title=title or name,
        kind="index",
        formula=formula,
        operands=operands_of(formula),
        constants=given,
        domain=domain,
        degree=degree_of(formula, given),
        source=reference,
    )


def _check_constants(formula: str, constants: Mapping[str, float]) -> None:
    other = "give that constant another name"
    for constant, value in constants.items():
        if is_operand(constant):
            raise FormulaError(
                formula, f"has a constant {constant}, which stands for a band", other
            )
        if constant in RESERVED or constant in FUNCTIONS:
            what = "a function" if constant in FUNCTIONS else "a parameter of every index"
            raise FormulaError(formula, f"has a constant {constant}, which is {what}", other)
        if constant not in needed_names(formula):
            fault = f"has no constant {constant}, and a value is given for it"
            raise FormulaError(formula, fault, "use it in the formula, or leave it out")
        if not isinstance(value, int | float | np.number) or not math.isfinite(value):
            raise ParameterError(f"the constant {constant}", value, "a finite number")


def check_name(name: str) -> None:
    """Refuse a name that nobody could ask for.

    Raises:
        ParameterError: if it is no text, or has no letter and no digit.
    """
    if not isinstance(name, str) or not folded(name):
        raise ParameterError("name", name, "one with letters or digits")
