import inspect
import math

import pytest
import torch

import physops
from physops.errors import (
    FormulaError,
    NameTakenError,
    NoCardError,
    ParameterError,
    UnknownOperatorError,
)
from physops.spectral_indices.card import RESERVED
from physops.spectral_indices.spectral_index import SpectralIndex


@pytest.fixture(autouse=True)
def forget():
    yield
    for name in ("mine", "MyIndex", "theirs"):
        physops.unregister(name)


def test_a_formula_does_all_that_the_librarys_do():
    card = physops.register_formula(
        "MyIndex",
        "g * (N - S1) / (N + S1)",
        reference="doi:10.1000/182",
        constants={"g": 2.0},
        domain="moss",
    )
    assert card == physops.spec("myindex")
    assert (card.operands, card.degree, card.title) == (("N", "S1"), 0, "MyIndex")
    assert "MyIndex" in physops.list(kind="index")
    assert physops.list(domain="moss") == ["MyIndex"] == physops.search("10.1000/182")
    assert "MyIndex" in physops.list(sensor="S2A")
    assert "MyIndex" not in physops.list(sensor="venus_vssc")
    x = 0.05 + torch.rand(2, 13, 3, 3, generator=torch.Generator().manual_seed(0))
    expected = 2 * (x[:, 7] - x[:, 11]) / (x[:, 7] + x[:, 11])
    torch.testing.assert_close(physops.get("my_index", sensor="S2A")(x), expected)
    torch.testing.assert_close(physops.get("MyIndex", sensor="S2A", g=1.0)(x), expected / 2)


@pytest.mark.parametrize(
    ("formula", "degree"),
    [
        ("N / R", 0),
        ("N - R", 1),
        ("1 / N", -1),
        ("N * R", 2),
        ("N - R + 0.1", None),
        ("N * 0", None),
    ],
)
def test_whether_it_needs_reflectance_is_found_out(formula, degree):
    assert physops.register_formula("mine", formula, reference="-").degree == degree


def test_a_function_is_registered_as_a_call_or_a_decorator():
    @physops.register("mine")
    def decorated(bands):
        return physops.get("ndvi", bands=bands)

    physops.register("theirs", lambda bands: physops.get("ndwi", bands=bands))
    assert physops.get("MINE", sensor="S2A").spec.name == "NDVI"
    assert physops.get("theirs", sensor="S2A").spec.name == "NDWI"
    assert decorated(physops.Bands.of("S2A")).spec.name == "NDVI"
    assert {"mine", "theirs"} <= set(physops.list())
    assert "mine" not in physops.list(kind="index")
    with pytest.raises(TypeError, match="'mine' needs the image's bands"):
        physops.get("mine")
    with pytest.raises(NoCardError, match=r"'mine' is a function of the bands.*build the operator"):
        physops.spec("Mine")


def test_a_name_is_given_once():
    with pytest.raises(
        NameTakenError, match="the name 'NDVI' is the library's own; choose another"
    ):
        physops.register_formula("NDVI", "N", reference="-", overwrite=True)
    with pytest.raises(NameTakenError, match="the name 'srf' is the library's own"):
        physops.register("srf", physops.Bands.of)
    with pytest.raises(NameTakenError, match="'nd-vi' is the library's own, spelt NDVI; choose an"):
        physops.register("nd-vi", physops.Bands.of)
    physops.register_formula("mine", "N", reference="-")
    with pytest.raises(
        NameTakenError, match="registered already; choose another, or pass overwrite"
    ):
        physops.register_formula("mine", "R", reference="-")
    assert physops.spec("mine").formula == "N"
    physops.register_formula("mine", "R", reference="-", overwrite=True)
    assert physops.spec("mine").formula == "R"
    physops.unregister("mine")
    with pytest.raises(UnknownOperatorError):
        physops.get("mine")


def test_what_is_no_formula_is_not_registered():
    with pytest.raises(FormulaError, match="holds"):
        physops.register_formula("mine", "__import__('os')", reference="-")
    with pytest.raises(FormulaError, match="names q, which is neither a band nor one of its const"):
        physops.register_formula("mine", "N + q", reference="-")
    with pytest.raises(FormulaError, match="has a constant N, which stands for a band"):
        physops.register_formula("mine", "N + R", constants={"N": 1.0}, reference="-")
    with pytest.raises(FormulaError, match=r"names no band; bands are A, B, G1, G, .* or R531 for"):
        physops.register_formula("mine", "c / 2", constants={"c": 1.0}, reference="-")
    assert "mine" not in physops.list()


@pytest.mark.parametrize(
    ("formula", "given", "sentence"),
    [
        ("N + q", {}, "names q, which is neither a band nor one of its constants; bands are A, B,"),
        ("fill * N", {"fill": 1.0}, "has a constant fill, which is a parameter of every index; gi"),
        ("log * N", {"log": 1.0}, "has a constant log, which is a function; give that constant an"),
        (
            "N * L",
            {"L": 1.0, "M": 1.0},
            "has no constant M, and a value is given for it; use it in",
        ),
        ("N * L", {"L": math.nan}, "the constant L is nan; give a finite number"),
        ("N * (1e308 * 10)", {}, "holds a number that is too large; write a smaller one"),
        ("N ^ 2", {}, "holds 'N ^ 2'; write ** for a power"),
    ],
)
def test_constants_that_nobody_could_give_and_slips_of_the_pen_are_refused(
    formula, given, sentence
):
    with pytest.raises((FormulaError, ParameterError)) as refusal:
        physops.register_formula("mine", formula, constants=given, reference="-")
    assert sentence in str(refusal.value)
    assert "mine" not in physops.list()


def test_the_names_that_no_constant_can_have_are_those_of_the_parameters():
    taken = {*inspect.signature(physops.get).parameters}
    taken |= {*inspect.signature(physops.indices).parameters}
    taken |= {*inspect.signature(SpectralIndex).parameters}
    assert taken - {"parameters", "constants"} == RESERVED


def test_a_constant_of_a_kernel_is_one_of_the_formula():
    card = physops.register_formula("mine", "kernel(N, R)", constants={"sigma": 0.5}, reference="-")
    assert card.constants == {"sigma": 0.5}


def test_a_formula_without_a_reference_is_refused():
    with pytest.raises(ParameterError, match="reference is ''; give the reference, as a text"):
        physops.register_formula("mine", "N", reference="")


@pytest.mark.parametrize("name", ["", "-", " "])
def test_a_name_must_be_one_that_can_be_asked_for(name):
    with pytest.raises(ParameterError, match=r"name is .*; give one with letters or digits"):
        physops.register_formula(name, "N", reference="-")
    with pytest.raises(ParameterError):
        physops.register(name, physops.Bands.of)
