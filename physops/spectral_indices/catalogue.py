"""The catalogue of indices: one card each, read from `data/catalogue.json` when first asked for."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from physops.operator import OperatorSpec
from physops.spectral_indices.operands import operands_of


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Return what the file says of each index, by name."""
    file = files("physops.spectral_indices").joinpath("data/catalogue.json")
    return {entry["name"]: entry for entry in json.loads(file.read_text(encoding="utf-8"))}


@cache
def index_spec(name: str) -> OperatorSpec:
    """Return the card of an index of the catalogue.

    >>> index_spec("NDVI").operands, index_spec("SAVI").constants, index_spec("EVI").degree
    (('N', 'R'), {'L': 0.5}, None)
    """
    entry = catalogue()[name]
    return OperatorSpec(
        name=name,
        title=entry["title"],
        kind="index",
        formula=entry["formula"],
        operands=operands_of(entry["formula"]),
        constants=entry["constants"],
        domain=entry["domain"],
        degree=entry["degree"],
        source=entry["reference"],
        reason=entry.get("reason", ""),
    )
