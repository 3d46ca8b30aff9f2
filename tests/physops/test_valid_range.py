import hypothesis
import pytest
import torch
from hypothesis import strategies as st

from physops.bands import Bands
from physops.errors import BandCountError, DimensionError, NotFloatingError, ParameterError
from physops.valid_range import SPEC, ValidRange, valid_range

numbers = st.floats(-3, 3)


@hypothesis.given(st.lists(numbers, min_size=1, max_size=9), numbers, st.floats(0.01, 2))
def test_it_is_how_far_to_the_range_it_is(values, low, width):
    x, high = torch.tensor(values, dtype=torch.float64), low + width
    expected = (x - x.clamp(low, high)).abs()
    found = ValidRange(low=low, high=high)(x, band_dim=0)
    torch.testing.assert_close(found, expected)


def test_its_slope_points_inside_and_is_zero_there_and_at_the_ends():
    x = torch.tensor([-0.5, 0.0, 0.5, 1.0, 1.5, torch.nan, torch.inf], requires_grad=True)
    found = ValidRange()(x, band_dim=0)
    assert torch.isnan(found).tolist() == [False] * 5 + [True] * 2
    found[:5].sum().backward()
    assert x.grad.tolist() == [-1, 0, 0, 0, 1, 0, 0]
    torch.autograd.gradcheck(
        ValidRange(), torch.tensor([[-0.5, 0.5, 1.5]]).double().T[..., None].requires_grad_()
    )


def test_it_is_built_for_bands_or_for_any():
    assert valid_range(high=1.3).high == 1.3
    assert valid_range().spec == SPEC
    assert valid_range()(torch.zeros(2, 7, 3, 3)).shape == (2, 7, 3, 3)
    for given in (
        {"sensor": "S2A"},
        {"bands": Bands.of("S2A")},
        {"wavelengths": range(400, 530, 10)},
    ):
        built = valid_range(**given)
        assert built(torch.zeros(13, 2, 2)).shape == (13, 2, 2)
        with pytest.raises(BandCountError, match="built for 13 bands and got 4"):
            built(torch.zeros(4, 2, 2))


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match=r"low, high is .* the lower one first"):
        ValidRange(low=1, high=0)
    with pytest.raises(NotFloatingError):
        ValidRange()(torch.zeros(2, 2, 2, dtype=torch.int16))
    with pytest.raises(DimensionError):
        ValidRange()(torch.zeros(2))
    with pytest.raises(TypeError, match="'valid_range' needs the image's bands, once, and got"):
        valid_range(sensor="S2A", bands=Bands.of("S2A"))
