"""The laws that hold for every operator, by name, in the order in which they are tried."""

from collections.abc import Callable, Mapping

from physops.testing.case import Case
from physops.testing.laws.arrays import (
    band_dim,
    batch,
    device,
    dtype,
    integers,
    layout,
    pixels,
    pure,
    refusals,
    value,
)
from physops.testing.laws.derivatives import derivatives, gradient, graph
from physops.testing.laws.missing import no_data, unused_bands
from physops.testing.laws.objects import card, copies
from physops.testing.laws.scaling import autocast, degree, digital_numbers, precision
from physops.testing.laws.tracing import compiled, mapped

LAWS: Mapping[str, Callable[[Case], None]] = {
    "card": card,
    "value": value,
    "pure": pure,
    "dtype": dtype,
    "device": device,
    "integers": integers,
    "refusals": refusals,
    "batch": batch,
    "band_dim": band_dim,
    "layout": layout,
    "pixels": pixels,
    "no_data": no_data,
    "unused_bands": unused_bands,
    "gradient": gradient,
    "derivatives": derivatives,
    "graph": graph,
    "copies": copies,
    "precision": precision,
    "autocast": autocast,
    "degree": degree,
    "digital_numbers": digital_numbers,
}
# They take seconds, and are tried on request.
TRACED: Mapping[str, Callable[[Case], None]] = {"compiled": compiled, "mapped": mapped}
