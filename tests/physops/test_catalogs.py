import sys

import numpy as np
import pytest
import torch

import physops
from physops.errors import ClashingPluginsError, PluginError, UnknownOperatorError

ENTRY = "[physops.catalogs]\nanything = {package}\n"
MOISTURE = """
[[index]]
name = "MyMI"
title = "My Moisture Index"
formula = "(N - c * S1) / (N + c * S1)"
constants = { c = 2.0 }
domain = "moss"
reference = "our field campaign, 2026"
"""


def index(name, formula="(N - R) / (N + R)", rest='reference = "-"'):
    return f'[[index]]\nname = "{name}"\nformula = "{formula}"\n{rest}\n'


@pytest.fixture
def catalog(distribution):
    """Return what installs a distribution with a catalog."""

    def install(text, name="formulas", package="formulas", **files):
        content = {f"{package.replace('.', '/')}/physops_catalog.toml": text}
        return distribution(name, ENTRY.format(package=package), content | files)

    return install


def told(name):
    """Return the status and fault of a name that one distribution offers."""
    ((status, error),) = [(p.status, p.error) for p in physops.plugins() if name in p.names]
    return status, error


def test_an_index_of_a_catalog_does_all_that_the_librarys_do(catalog, others):
    catalog(MOISTURE)
    card = physops.spec("mymi")
    assert (card.kind, card.operands, card.degree, card.constants) == (
        "index",
        ("N", "S1"),
        0,
        {"c": 2.0},
    )
    assert physops.list(domain="moss") == ["MyMI"] == physops.search("field campaign")
    assert "MyMI" in physops.list(kind="index")
    assert "MyMI" in physops.list(sensor="S2A")
    assert "MyMI" in physops.list(wavelengths=np.array([840.0, 1610.0]))
    assert "MyMI" not in physops.list(sensor="venus_vssc")
    x = 0.05 + torch.rand(2, 13, 3, 3, generator=torch.Generator().manual_seed(0))
    expected = (x[:, 7] - 2 * x[:, 11]) / (x[:, 7] + 2 * x[:, 11])
    torch.testing.assert_close(physops.get("my_mi", sensor="S2A")(x), expected)
    both = physops.indices(["MyMI", "NDVI"], sensor="S2A")(x)
    torch.testing.assert_close(both[:, 0], expected)
    assert others() == [physops.PluginInfo("formulas", "1.2", "catalog", ("MyMI",), "loaded")]


@pytest.mark.parametrize("package", ["loud_package", "loud_package.inner.deep"])
def test_the_package_is_not_imported(distribution, package):
    fails = "raise RuntimeError('imported')"
    inner = {"loud_package/inner/__init__.py": fails, "loud_package/__init__.py": fails}
    files = {f"{package.replace('.', '/')}/physops_catalog.toml": MOISTURE, **inner}
    distribution("loud", ENTRY.format(package=package), files)
    assert physops.spec("MyMI").domain == "moss"
    assert not [name for name in sys.modules if name.startswith("loud_package")]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("Bad", index("Bad", "N +"), r"the formula 'N \+' is no formula"),
        ("Bad", index("Bad", "__import__('os')"), r"holds \"__import__\('os'\)\"; write numbers"),
        ("Bad", index("Bad", "N / Q"), "names Q, which is neither a band nor one of its const"),
        ("Bad", index("Bad", "2 * 3"), "names no band"),
        (
            "Bad",
            index("Bad", rest=""),
            r"Bad of physops_catalog\.toml .* reference: Field required",
        ),
        ("Bad", index("Bad", rest='reference = ""'), "reference: String should have at least 1"),
        ("Bad", index("Bad", rest='reference = "-"\nrefrence = "-"'), "refrence: Extra inputs"),
        (
            "Bad",
            index("Bad", "N * c", 'reference = "-"\nconstants = { c = nan }'),
            "constants.c: Input should be a finite number",
        ),
        (
            "Bad",
            index("Bad", "N * c", 'reference = "-"\nconstants = { c = "1" }'),
            "constants.c: Input should be a valid number",
        ),
        ("Bad", index("Bad") + index("Bad", "N"), r"physops_catalog\.toml lists it 2 times"),
        ("-", index("-"), "name is '-'; give one with letters or digits"),
    ],
)
def test_a_fault_breaks_one_name_and_says_whose_it_is(catalog, name, text, fault):
    catalog(text + MOISTURE)
    for ask in (physops.get, physops.spec):
        with pytest.raises(PluginError, match=fault) as caught:
            ask(name)
        assert str(caught.value).startswith(f"the operator {name!r} of formulas 1.2 (formulas) can")
    status, error = told(name)
    assert status == "broken"
    assert error in str(caught.value)
    assert told("MyMI") == ("loaded", "")
    assert name in physops.list()
    assert name not in physops.list(kind="index")
    assert physops.get("MyMI", sensor="S2A").spec.domain == "moss"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[index]", r"physops_catalog\.toml cannot be read: "),
        ("", r"must hold \[\[index\]\] tables, and nothing else"),
        ("[index]\nname = 'x'", r"must hold \[\[index\]\] tables, and nothing else"),
        ("indices = 3\n" + MOISTURE, r"must hold \[\[index\]\] tables, and nothing else"),
        ("index = [3]", r"entry 1 of physops_catalog\.toml is not valid: "),
        ("[[index]]\nformula = 'N'", r"entry 1 .* is not valid: name: Field required"),
    ],
)
def test_a_catalog_without_names_is_told_to_who_misses_one(catalog, text, fault, others):
    catalog(text)
    ((plugin,),) = [others()]
    assert (plugin.names, plugin.status) == ((), "broken")
    with pytest.raises(
        UnknownOperatorError, match=rf"formulas 1\.2 \(formulas\) may have.*{fault}"
    ):
        physops.get("MyMI")
    assert physops.get("NDVI", sensor="S2A").spec == physops.spec("NDVI")


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("empty", "the package 'empty' has no file physops_catalog.toml"),
        ("nowhere", "there is no package 'nowhere'"),
        ("single", "there is no package 'single'"),
        ("empty.inner", "the package 'empty.inner' has no file physops_catalog.toml"),
        ("empty:object", "'empty:object' is not the name of a package"),
        ("..empty", "'..empty' is not the name of a package"),
    ],
)
def test_a_catalog_that_is_not_there_is_told(distribution, value, fault, others):
    distribution("lost", ENTRY.format(package=value), {"empty/data.txt": "", "single.py": ""})
    assert [(p.status, p.error) for p in others()] == [("broken", fault)]


def test_two_catalogs_with_one_name_are_refused(catalog):
    catalog(index("Twice") + index("One"), name="first", package="first")
    catalog(index("Twice"), name="second", package="second")
    message = r"'Twice' is offered by first 1\.2 and second 1\.2; uninstall all but one"
    for ask in (physops.get, physops.spec):
        with pytest.raises(ClashingPluginsError, match=message):
            ask("twice")
    assert {p.status for p in physops.plugins() if "Twice" in p.names} == {"clashing"}
    assert told("One") == ("loaded", "")
    assert "Twice" not in physops.list(kind="index")


def test_a_catalog_and_an_operator_of_one_name_are_refused(catalog, distribution):
    catalog(index("Twice"), name="first", package="first")
    distribution("second", "[physops.operators]\nTwice = no_such:f\n")
    with pytest.raises(ClashingPluginsError, match=r"first 1\.2 and second 1\.2"):
        physops.get("Twice")


def test_a_catalog_does_not_shadow_the_library(catalog):
    catalog(index("NDVI", "N - R") + index("n_d_v_i", "N - R") + MOISTURE)
    assert physops.spec("NDVI").formula == physops.spec("n_d_v_i").formula == "(N - R) / (N + R)"
    assert told("n_d_v_i") == ("shadowed", "the name stands for the library's NDVI")
    assert told("MyMI") == ("loaded", "")


def test_the_programs_own_stands_before_a_catalogs(catalog):
    catalog(MOISTURE)
    physops.register_formula("MyMI", "N - S1", reference="-", domain="bog")
    try:
        assert physops.spec("MyMI").formula == "N - S1"
        assert physops.list(domain="bog") == ["MyMI"]
        with pytest.raises(ValueError, match="domain is 'moss'"):
            physops.list(domain="moss")
    finally:
        physops.unregister("MyMI")
    assert physops.list(domain="moss") == ["MyMI"]
