"""The library's own operators: the indices of the catalogue, and a table of all others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from physops import correlation, resampling, valid_range
from physops.operator import Operator, OperatorSpec
from physops.spectral_indices.catalogue import catalogue, index_spec
from srf_library.names import folded


@dataclass(frozen=True)
class BuiltIn:
    """An operator that is no formula.

    Attributes:
        spec: its card.
        factory: what builds it; it is given ``sensor``, ``bands`` and ``wavelengths`` as `get`
            is, None where left out, and the operator's own parameters.
    """

    spec: OperatorSpec
    factory: Callable[..., Operator]


OPERATORS = {
    own.spec.name: own
    for own in (
        BuiltIn(resampling.SPEC, resampling.srf),
        BuiltIn(correlation.SPEC, correlation.correlation),
        BuiltIn(valid_range.SPEC, valid_range.valid_range),
    )
}
KINDS = tuple(dict.fromkeys(["index", *(own.spec.kind for own in OPERATORS.values())]))


@cache
def names() -> frozenset[str]:
    """Return the names of all."""
    return frozenset({*catalogue(), *OPERATORS})


def card(name: str) -> OperatorSpec:
    """Return the card of one of them."""
    return OPERATORS[name].spec if name in OPERATORS else index_spec(name)


def meant_by(name: str) -> tuple[str, ...]:
    """Return those that a name stands for: the one of just that name, or all it is a spelling of.

    >>> meant_by("BAI"), meant_by("nd-vi"), meant_by("bai"), meant_by("zzzz")
    (('BAI',), ('NDVI',), ('BAI', 'BaI'), ())
    """
    return (name,) if name in names() else _spellings().get(folded(str(name)), ())


@cache
def _spellings() -> Mapping[str, tuple[str, ...]]:
    by_fold: dict[str, tuple[str, ...]] = {}
    for name in sorted(names()):
        by_fold[folded(name)] = (*by_fold.get(folded(name), ()), name)
    return by_fold
