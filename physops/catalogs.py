"""Formulas that another distribution ships as data: read from a file, and never run.

A distribution names a package of its own in the entry-point group ``physops.catalogs``. In that
package's folder `FILE` lists indices, each with what `physops.register_formula` takes::

    [[index]]
    name = "MyMI"
    title = "My Moisture Index"                # optional
    formula = "(N - c * S1) / (N + c * S1)"
    constants = { c = 1.0 }                    # if the formula has any
    domain = "vegetation"                      # optional
    reference = "author, title, year, equation, or a DOI"

The folder is found without importing the package, nor any that it lies in.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from physops.operator import OperatorSpec
from physops.spectral_indices.card import index_card

FILE = "physops_catalog.toml"
Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class Listed:
    """An index as a catalog lists it: its card, or what is wrong with it.

    Attributes:
        name: its name; empty where none could be read.
        card: its card; None if something is wrong.
        error: what is wrong.
    """

    name: str
    card: OperatorSpec | None = None
    error: str = ""


class _Entry(BaseModel, frozen=True, extra="forbid", strict=True, allow_inf_nan=False):
    name: Text
    formula: Text
    reference: Text
    title: str = ""
    domain: str = ""
    constants: dict[str, float] = {}


def read_catalog(package: str) -> list[Listed]:
    """Return what the catalog in a package's folder lists; whatever is wrong stands in it.

    >>> read_catalog("no_such_package")[0].error
    "there is no package 'no_such_package'"
    """
    try:
        entries = _entries(_file(package))
    # Whatever is wrong is the other distribution's, and must not reach who asks for other names.
    except Exception as error:
        return [Listed("", error=str(error) or type(error).__name__)]
    count = Counter(_name(entry) for entry in entries)
    listed = {}
    for number, entry in enumerate(entries, start=1):
        name = _name(entry)
        twice = name and count[name] > 1
        place = name or f"entry {number}"
        listed[place] = (
            Listed(name, error=f"{FILE} lists it {count[name]} times")
            if twice
            else _listed(name, place, entry)
        )
    return list(listed.values())


def _file(package: str) -> Path:
    top, *inner = package.split(".")
    if not all(part.isidentifier() for part in (top, *inner)):
        raise ValueError(f"{package!r} is not the name of a package")
    # Only what lies inside another package would have to be imported to be found.
    spec = find_spec(top)
    if spec is None or spec.submodule_search_locations is None:
        raise ValueError(f"there is no package {top!r}")
    files = [Path(folder, *inner, FILE) for folder in spec.submodule_search_locations]
    for file in files:
        if file.is_file():
            return file
    raise ValueError(f"the package {package!r} has no file {FILE}")


def _entries(file: Path) -> list[Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{FILE} cannot be read: {error}") from error
    entries = content.pop("index", None)
    if not isinstance(entries, list) or not entries or content:
        raise ValueError(f"{FILE} must hold [[index]] tables, and nothing else")
    return entries


def _name(entry: object) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) else ""


def _listed(name: str, place: str, entry: object) -> Listed:
    try:
        return Listed(name, index_card(**_Entry.model_validate(entry).model_dump()))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return Listed(name, error=f"{place} of {FILE} is not valid: {', '.join(faults)}")
    # A formula of somebody else's may be anything.
    except Exception as error:
        return Listed(name, error=str(error) or type(error).__name__)
