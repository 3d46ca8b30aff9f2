import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from anyband_models.diffusion.normalisation import Normalisation


def test_the_least_value_is_minus_one_and_the_greatest_one():
    values = np.array([[[0.2, np.nan, 0.7, 0.45]]], dtype=np.float32)
    scale = Normalisation.of(values)
    expected = torch.tensor([[[-1.0, torch.nan, 1.0, 0.0]]])
    found = scale.forward(torch.from_numpy(values))
    torch.testing.assert_close(found, expected, equal_nan=True, rtol=0, atol=1e-6)
    assert scale.half == pytest.approx(0.25)


@given(low=st.floats(-1e4, 1e4), width=st.floats(1e-2, 1e4))
def test_there_and_back(low, width):
    scale = Normalisation(low=low, high=low + width)
    values = low + width * torch.linspace(-1, 2, 50, dtype=torch.float64)
    found = scale.inverse(scale.forward(values))
    torch.testing.assert_close(found, values, rtol=1e-9, atol=1e-9)


def test_a_constant_scene_has_a_scale():
    scale = Normalisation.of(np.full((1, 2, 2), 7, dtype=np.float32))
    assert torch.isfinite(scale.forward(torch.full((1, 2, 2), 7.0))).all()


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0)])
def test_a_scale_without_width_is_refused(low, high):
    with pytest.raises(ValidationError, match="is not below high"):
        Normalisation(low=low, high=high)
    with pytest.raises(ValidationError, match="finite"):
        Normalisation(low=0, high=np.inf)
