"""Habits of the house that a tool can check."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("physops", "srf_library", "emulator_training", "anyband_models")
FOLDERS = (*PACKAGES, "examples")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
LONGEST = 400
CATCH_ALL = {"utils", "util", "common", "misc", "helpers", "base", "core"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_short_named_for_one_thing_and_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert path.stem not in CATCH_ALL
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_a_test_file_asserts_something_in_every_test(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            source = ast.unparse(node)
            assert re.search(r"\bassert\b|pytest\.raises|assert_\w+\(|gradcheck", source), node.name


def test_tests_mirror_the_source():
    free = {"architecture", "golden", "end_to_end", "benchmarks"}
    for path in TESTS:
        place = path.relative_to(ROOT / "tests")
        if place.parts[0] not in free:
            assert (ROOT / place.parent).is_dir(), f"{place} tests no folder of the source"


def test_no_dependency_is_without_a_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    floors = re.findall(r'^\s+"[\w\[\]-]+>=.*$', text, re.M)
    assert floors
    assert all("#" in line for line in floors), [line for line in floors if "#" not in line]
