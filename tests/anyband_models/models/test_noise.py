import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from anyband_models.models.noise import standard_normal


@pytest.mark.parametrize("seed", [0, 7, 2**63])
def test_it_is_standard_normal(seed):
    numbers = standard_normal(seed, 1, 20, 5000)
    assert kstest(numbers.ravel(), "norm").pvalue > 0.01
    assert np.all(np.isfinite(numbers))


@given(st.integers(0, 2**32), st.integers(0, 9), st.integers(1, 9), st.integers(1, 30))
def test_a_pixel_has_the_same_numbers_however_many_follow(seed, sample, bands, pixels):
    few = standard_normal(seed, sample, bands, pixels)
    np.testing.assert_array_equal(
        standard_normal(seed, sample, bands, pixels + 13)[:, :pixels], few
    )


def test_samples_seeds_bands_and_pixels_are_independent():
    streams = [standard_normal(seed, sample, 2, 10_000) for seed in (0, 1) for sample in (0, 1)]
    rows = np.concatenate(streams + [stream[:, ::-1] for stream in streams])
    apart = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(apart).max() < 5 / np.sqrt(10_000)
