"""The card of an index that is not the catalogue's, from its formula."""

from collections.abc import Mapping

from physops.errors import FormulaError, ParameterError
from physops.operator import OperatorSpec
from physops.spectral_indices.degree import degree_of
from physops.spectral_indices.operands import check_names, is_operand, operands_of
from srf_library.names import folded


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
            or gives a constant the name of a band.
        ParameterError: if the name has no letter and no digit.

    >>> card = index_card("MyMI", "(N - S1) / (N + S1)", reference="our field campaign")
    >>> card.operands, card.degree, card.title
    (('N', 'S1'), 0, 'MyMI')
    """
    check_name(name)
    given = dict(constants or {})
    for constant in filter(is_operand, given):
        raise FormulaError(formula, f"has a constant {constant}, which stands for a band")
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


def check_name(name: str) -> None:
    """Refuse a name that nobody could ask for.

    Raises:
        ParameterError: if it has no letter and no digit.
    """
    if not folded(str(name)):
        raise ParameterError("name", name, "one with letters or digits")
