import subprocess
import sys

import numpy as np
import torch
from hypothesis import find, given, settings
from hypothesis import strategies as st

from physops.testing import bands, masks, reflectance


@given(bands(2, 5))
def test_bands_are_bands(drawn):
    assert 2 <= len(drawn) <= 5
    assert len(set(drawn.wavelength)) == len(drawn)
    assert ((drawn.wavelength >= 400) & (drawn.wavelength <= 2500)).all()
    assert drawn.good.all()


@given(st.data(), bands())
def test_an_image_is_of_these_bands(data, drawn):
    x = data.draw(reflectance(drawn, batch=(2,), space=(3,), dtype=torch.float64))
    assert x.shape == (2, len(drawn), 3)
    assert x.dtype == torch.float64
    assert ((x > 0) & (x <= 1)).all()


def found(strategy, condition):
    return find(strategy, condition, settings=settings(max_examples=500, database=None))


def test_hazards_and_missing_values_are_drawn_if_asked_for():
    hazardous = reflectance(2, hazards=True)
    assert found(hazardous, lambda x: bool((x == 0).any())).shape == (2, 1, 1)
    assert found(hazardous, lambda x: bool((x < 0).any())).min() == -1 / 64
    assert found(hazardous, lambda x: bool((x[0] == x[1]).all()))[0].shape == (1, 1)
    missing = found(reflectance(2, missing=True), lambda x: bool(torch.isnan(x).any()))
    assert torch.isnan(missing).any()
    assert found(reflectance(2, missing=True), lambda x: bool(torch.isinf(x).any())).shape[0] == 2


def test_they_shrink_to_what_is_simple():
    assert found(reflectance(3), lambda x: True).flatten().tolist() == [1 / 64] * 3
    assert not found(masks(2, 2), lambda mask: True).any()
    one = found(bands(), lambda drawn: True)
    assert one.wavelength.tolist() == [400.0]
    assert np.isnan(one.fwhm).all()


@given(masks(2, 3))
def test_a_mask_is_of_its_shape(mask):
    assert mask.shape == (2, 3)
    assert mask.dtype == torch.bool


WITHOUT = """
import sys
sys.modules["hypothesis"] = None
import physops, physops.testing
physops.testing.check_operator(physops.get("ndvi", sensor="S2A"), laws=["value"])
try:
    physops.testing.reflectance
except ImportError as error:
    print(type(error).__name__, error)
"""


def test_without_hypothesis_only_the_strategies_are_lacking():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "NoHypothesisError the strategies of physops.testing need the package hypothesis, which "
        "is not installed: pip install hypothesis; check_operator does without it\n"
    )
