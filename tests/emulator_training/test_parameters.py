import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from emulator_training.errors import ParameterCountError, ParameterRangeError, RadiansError
from emulator_training.parameters import ANGLES, NAMES, PARAMETERS, check, vector
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from physops import Bands

SENTINEL = Bands.of("S2A")
# Degrees of canopies that are wanted; the sun may be overhead, and so may be who looks.
DEGREES = st.tuples(st.floats(1.6, 90), st.floats(0, 89), st.floats(0, 89), st.floats(0, 180))


def canopy(ala, tts, tto, psi):
    return vector({"ala": ala, "tts": tts, "tto": tto, "psi": psi})


def in_radians(row):
    places = [NAMES.index(name) for name in ANGLES]
    turned = row.clone()
    turned[..., places] = torch.deg2rad(turned[..., places])
    return turned


@given(st.lists(DEGREES, min_size=1, max_size=4))
def test_degrees_pass_and_the_same_in_radians_does_not(angles):
    rows = torch.stack([canopy(*row) for row in angles])
    assert check(rows) is None
    with pytest.raises(RadiansError):
        check(in_radians(rows))


def test_radians_are_refused_in_one_sentence():
    rows = in_radians(torch.stack([canopy(57.0, 30.0, 0.0, 90.0), canopy(40.0, 45.0, 10.0, 0.0)]))
    with pytest.raises(RadiansError) as refusal:
        check(rows)
    assert str(refusal.value) == (
        "the angles look like radians, as no canopy has larger ones than ala 0.995, tts 0.785, "
        "tto 0.175, psi 1.57; give degrees: torch.rad2deg makes them"
    )


@pytest.mark.parametrize("name", ANGLES)
def test_one_angle_that_radians_do_not_have_is_enough_to_pass(name):
    rows = in_radians(canopy(57.0, 30.0, 10.0, 90.0)).repeat(3, 1)
    rows[1, NAMES.index(name)] = 3.5
    assert check(rows) is None


def test_flat_leaves_and_no_canopy_at_all_pass():
    assert check(canopy(0.0, 0.0, 0.0, 0.0)) is None
    assert check(torch.empty(0, len(NAMES))) is None


def test_canopies_that_are_missing_hide_no_radians():
    emulator = ProsailEmulator(SENTINEL)
    rows = in_radians(vector().repeat(3, 1))
    rows[1, 0] = torch.nan
    with pytest.raises(RadiansError, match="the angles look like radians"):
        emulator(rows, band_dim=-1)
    rows[:, 0] = torch.nan
    assert torch.isnan(emulator(rows, band_dim=-1)).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("lai", -1.0, "lai is -1; give 0 to 15 [m²/m²]"),
        ("tts", 95.0, "tts is 95; give 0 to 89 [°]"),
        (
            "psi",
            200.0,
            "psi is 200; give 0 to 180 [°]; fold it: psi is the smaller angle between sun and view",
        ),
        (
            "psi",
            -30.0,
            "psi is -30; give 0 to 180 [°]; fold it: psi is the smaller angle between sun and view",
        ),
        ("psi", math.nan, "psi is nan; give 0 to 180 [°]"),
        ("cab", math.nan, "cab is nan; give 0 to 200 [µg/cm²]"),
        ("cw", math.inf, "cw is inf; give 0 to 0.2 [cm]"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(name, value, sentence):
    rows = vector().repeat(3, 1)
    rows[1, NAMES.index(name)] = value
    with pytest.raises(ParameterRangeError) as refusal:
        check(rows)
    assert str(refusal.value) == sentence


def test_another_number_of_parameters_is_refused_in_one_sentence():
    with pytest.raises(ParameterCountError) as refusal:
        check(vector()[:14])
    assert str(refusal.value) == (
        f"the canopy has 15 parameters and 14 came; give, in this order: {', '.join(NAMES)}"
    )


def test_what_is_usual_lies_in_the_trained_range_and_that_in_what_can_be():
    for p in PARAMETERS:
        assert p.least <= p.low <= p.usual <= p.high <= p.greatest


def test_a_parameter_that_there_is_not_is_refused():
    with pytest.raises(KeyError, match=r"the canopy has no parameter 'lidfa'; it has n, cab"):
        vector({"lidfa": 57.0})
