import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.diffusion.interpolation import straight_lines
from anyband_models.models.contract import Observation
from anyband_models.models.registry import create_model
from physops.bands import Bands

SHAPE = (7, 2, 3)
VALUES = arrays(np.float32, SHAPE, elements=st.floats(-5, 5, width=32))
MASKS = arrays(bool, SHAPE)
WAVELENGTHS = st.lists(st.floats(400, 2500), min_size=7, max_size=7,
                       unique_by=lambda nm: round(nm, 2))  # fmt: skip


def lines(values, mask, wavelength):
    return straight_lines(
        torch.from_numpy(values),
        torch.from_numpy(mask),
        torch.tensor(wavelength, dtype=torch.float64),
    )


@given(values=VALUES, mask=MASKS, wavelength=WAVELENGTHS)
def test_it_is_the_model_linear_of_the_zoo(values, mask, wavelength):
    found = lines(np.where(mask, values, np.nan), mask, wavelength).value.numpy()
    observation = Observation(values, mask, Bands.at(wavelength))
    expected = create_model("linear").reconstruct(observation).mean
    np.testing.assert_allclose(found, np.nan_to_num(expected), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(found[mask], values[mask])


@given(mask=MASKS, wavelength=WAVELENGTHS)
def test_the_distances_are_those_to_the_neighbours(mask, wavelength):
    line = lines(np.zeros(SHAPE, dtype=np.float32), mask, wavelength)
    nm = np.array(wavelength)
    for b, y, x in np.ndindex(SHAPE):
        known = nm[mask[:, y, x]] - nm[b]
        sides = [
            np.min(-known[known < 0], initial=np.inf),
            np.min(known[known > 0], initial=np.inf),
        ]
        near, far = (0, 0) if mask[b, y, x] else (min(sides), max(sides))
        np.testing.assert_allclose(line.near[b, y, x], near, rtol=1e-6)
        np.testing.assert_allclose(line.far[b, y, x], far, rtol=1e-6)


@given(values=VALUES, mask=arrays(bool, (7, 1, 1)), wavelength=WAVELENGTHS)
def test_a_mask_of_one_pixel_is_that_of_all(values, mask, wavelength):
    short = lines(values, mask, wavelength)
    full = lines(values, np.ascontiguousarray(np.broadcast_to(mask, SHAPE)), wavelength)
    assert torch.equal(short.value, full.value)
    assert torch.equal(short.near.expand(SHAPE), full.near)
    assert torch.equal(short.far.expand(SHAPE), full.far)
    assert short.near.shape == (7, 1, 1)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]])
def test_twins_at_one_wavelength_do_not_divide_by_zero(order):
    nm, mask = np.array([500.0, 600, 600, 600, 700]), np.array([1, 1, 0, 1, 1], bool)
    values = np.array([0, 1, 9, 2, 0], dtype=np.float32)
    line = lines(values[order, None], mask[order, None], nm[order])
    twin = order.index(2)
    assert 1 <= line.value[twin, 0] <= 2
    assert line.near[twin, 0] == 0
