"""How the catalogue was made: spyndex's table, corrected and added to; run by hand.

    pip download --no-deps spyndex==0.12.0
    python -m physops.spectral_indices.convert spyndex-0.12.0-py3-none-any.whl

Writes `data/catalogue.json`, a line an index. `data/corrections.toml` says what differs from
spyndex and why, `data/additions.toml` holds what spyndex has not. Nothing of the package is run.
"""

import ast
import hashlib
import json
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from physops.spectral_indices.degree import degree_of
from physops.spectral_indices.formula import names, parse
from physops.spectral_indices.operands import is_operand

DATA = Path(__file__).parent / "data"
SHA256 = "84bafdcb1c3c4cb8a485470081fd2cffc725ad5d7104c09f955dce7bb2fc4b4b"
TABLE, CONSTANTS = "spyndex/data/spectral-indices-dict.json", "spyndex/data/constants.json"
# What spyndex asks its caller for, and the catalogue takes from the bands or computes.
KERNEL = {"sigma": 0.5}
Entry = dict[str, Any]


def main(wheel: Path) -> None:
    """Write the catalogue."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{wheel} is not spyndex 0.12.0: its sha256 differs")
    with zipfile.ZipFile(wheel) as archive:
        indices = json.loads(archive.read(TABLE))["SpectralIndices"]
        defaults = json.loads(archive.read(CONSTANTS))
    symbols = {name: record["default"] for name, record in defaults.items()}
    entries = {name: _entry(record) for name, record in indices.items()}
    for name, change in _toml("corrections.toml").items():
        entries[name] |= change
    entries |= _toml("additions.toml")
    finished = [_finished({"name": name, **entries[name]}, symbols) for name in sorted(entries)]
    lines = [json.dumps(entry, ensure_ascii=False) for entry in finished]
    (DATA / "catalogue.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def _toml(name: str) -> dict[str, Entry]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _entry(record: Entry) -> Entry:
    domain = record["application_domain"]
    return {
        "title": record["long_name"],
        "formula": record["formula"],
        "domain": "vegetation" if domain == "kernel" else domain,
        "reference": record["reference"],
    }


def _finished(entry: Entry, symbols: dict[str, Any]) -> Entry:
    """Return an entry with a default for each constant of its formula, its own before spyndex's."""
    own, found = entry.get("constants", {}), names(parse(entry["formula"]))
    given = {name: own.get(name, symbols.get(name)) for name in found if not is_operand(name)}
    constants = {name: value for name, value in given.items() if value is not None}
    if "sigma" in found:
        constants |= KERNEL
    order = ("name", "title", "formula", "constants", "degree", "domain", "reference", "reason")
    full = {**entry, "constants": constants, "formula": _spaced(entry["formula"])}
    full["degree"] = degree_of(full["formula"], constants)
    return {key: full[key] for key in order if key in full}


def _spaced(formula: str) -> str:
    return ast.unparse(ast.parse(formula.strip(), mode="eval"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
