import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.report.shrink import LONGEST, shrink, shrink_factor

sizes = st.integers(1, 40)


@given(st.integers(1, 50_000), st.integers(1, 50_000))
def test_picture_fits_with_the_least_whole_factor(height, width):
    factor = shrink_factor(height, width)
    longest = max(height, width)
    assert -(-longest // factor) <= LONGEST
    assert factor == 1 or -(-longest // (factor - 1)) > LONGEST


@given(sizes, sizes, st.integers(1, 9))
def test_flat_image_stays_flat(height, width, factor):
    small = shrink(np.full((height, width), 3.0), factor)
    assert small.shape == (-(-height // factor), -(-width // factor))
    assert (small == 3).all()


@given(sizes, sizes)
def test_factor_one_changes_nothing(height, width):
    image = np.random.default_rng(0).random((height, width, 3))
    image[0, 0] = np.nan
    np.testing.assert_array_equal(shrink(image, 1), image)


def test_block_is_the_mean_of_what_is_known():
    image = np.array([[1.0, 3.0, np.nan], [np.nan, 5.0, np.nan]])
    np.testing.assert_array_equal(shrink(image, 2), [[3.0, np.nan]])


def test_channels_stay_apart():
    image = np.stack([np.zeros((4, 4)), np.ones((4, 4))], axis=-1)
    assert shrink(image, 4) == pytest.approx(np.array([[[0.0, 1.0]]]))
