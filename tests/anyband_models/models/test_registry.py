import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from anyband_models.errors import UnknownModelError, UsageError
from anyband_models.models.registry import ModelConfig, create_model, get_model, list_models

PARSER = TypeAdapter(ModelConfig)


def test_models_are_listed_by_pattern():
    assert list_models("*") == [
        "anyband", "anyband-diff", "gaussian", "linear", "mixture", "pchip", "prior",
        "spatial",
    ]  # fmt: skip
    assert list_models("*li*") == ["linear"]
    assert list_models("diffusion-*") == []


@pytest.mark.parametrize("make", [get_model, create_model])
def test_an_unknown_model_is_answered_with_the_nearest(make):
    with pytest.raises(UnknownModelError, match="a model called 'gausian' is not known; did you"):
        make("gausian")
    with pytest.raises(UnknownModelError, match="known: anyband, anyband-diff, gaussian, lin"):
        make("xyz")


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("linear", {"gap": 5}, "'linear' does not take gap = 5: .*its settings are max_gap_nm$"),
        ("pchip", {"max_gap_nm": -1}, "does not take max_gap_nm = -1: .*greater than 0"),
        ("linear", {"max_gap_nm": float("inf")}, "does not take max_gap_nm = inf: .*finite"),
        ("linear", {"kind": "pchip"}, "'linear' does not take kind = 'pchip'"),
        ("gaussian", {"shrinkages": []}, r"does not take shrinkages = \[\]"),
        ("gaussian", {"shrinkages": [0.1, 1.5]}, r"does not take shrinkages.1 = 1.5: .*equal to 1"),
        ("gaussian", {"min_support": 0}, "max_gap_nm, max_support, min_support, shrinkages$"),
    ],
)
def test_a_wrong_setting_is_named_with_those_there_are(name, settings, message):
    with pytest.raises(UsageError, match=message):
        create_model(name, **settings)


@given(
    st.sampled_from(["gaussian", "linear", "pchip"]),
    st.floats(0, exclude_min=True, allow_infinity=False),
)
def test_a_config_survives_json(name, gap):
    config = create_model(name, max_gap_nm=gap).config
    assert PARSER.validate_json(PARSER.dump_json(config)) == config


@pytest.mark.parametrize("settings", [{}, {"weights": "a b.json", "sampler": "heun", "steps": 3}])
def test_a_config_of_weights_survives_json(settings):
    config = create_model("anyband-diff", **settings).config
    assert PARSER.validate_json(PARSER.dump_json(config)) == config


def test_only_a_model_that_needs_nothing_to_go_by_says_that_it_generates():
    # `generate` takes it at its word, and `anyband` fills what is missing in what is known.
    able = [name for name in list_models() if get_model(name).card.generates]
    assert able == ["anyband-diff"]
