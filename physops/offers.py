"""What other distributions offer, read from their metadata; none of their code is run.

In the entry-point group ``physops.operators`` an entry's name is the operator's, and its object a
function of `physops.Bands` that returns a `physops.Operator`. In ``physops.catalogs`` an entry's
value is a package with a file of formulas (see `physops.catalogs`), and its name is free.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distributions
from typing import Any, Literal

from physops.catalogs import read_catalog
from physops.operator import OperatorSpec

OPERATORS, CATALOGS = "physops.operators", "physops.catalogs"
Kind = Literal["operators", "catalog"]
# Once its backport is imported, by whomever, importlib.metadata gives that one's classes.
Distribution = Any
EntryPoint = Any


@dataclass(frozen=True)
class Offer:
    """A name that a distribution offers.

    Attributes:
        distribution: the distribution's name.
        version: its version.
        kind: which group it is offered in.
        name: the operator's name; empty where what it offers could not be read.
        value: the entry's value: where the object lies, or the package of the catalog.
        entry: the entry to load, of an operator.
        card: the card of an index, of a catalog.
        error: what is wrong with it.
    """

    distribution: str
    version: str
    kind: Kind
    name: str
    value: str
    entry: EntryPoint = None
    card: OperatorSpec | None = None
    error: str = ""

    @property
    def origin(self) -> str:
        """The distribution and its version."""
        return f"{self.distribution} {self.version}".strip()


def scan() -> list[Offer]:
    """Return everything that the installed distributions offer."""
    seen: set[str] = set()
    offers: list[Offer] = []
    for distribution in distributions():
        if not _concerns_us(distribution):
            continue
        name = distribution.metadata["Name"] or "an unnamed distribution"
        # What lies earlier on the path hides another version of itself.
        key = re.sub(r"[-_.]+", "-", name).casefold()
        if key not in seen:
            seen.add(key)
            offers += _offers(distribution, name, distribution.metadata["Version"] or "")
    return offers


def _concerns_us(distribution: Distribution) -> bool:
    try:
        return "physops." in (distribution.read_text("entry_points.txt") or "")
    except (OSError, ValueError):  # nobody can read it
        return False


def _offers(distribution: Distribution, name: str, version: str) -> Iterator[Offer]:
    try:
        entries = distribution.entry_points
    # Metadata that somebody wrote by hand; Python's parser has no error of its own.
    except Exception as error:
        fault = f"its entry_points.txt cannot be read: {error}"
        yield Offer(name, version, "operators", "", "entry_points.txt", error=fault)
        return
    for entry in entries.select(group=OPERATORS):
        yield Offer(name, version, "operators", entry.name, entry.value, entry)
    for entry in entries.select(group=CATALOGS):
        for index in read_catalog(entry.value):
            yield Offer(
                name,
                version,
                "catalog",
                index.name,
                entry.value,
                card=index.card,
                error=index.error,
            )
