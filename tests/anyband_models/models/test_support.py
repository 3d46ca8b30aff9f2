import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.models.contract import Observation
from anyband_models.models.support import gather
from physops.bands import Bands


def observation(mask, support=None):
    """Values that name their own entry: band + pixel / 1000."""
    mask = np.array(mask, dtype=bool)
    bands, pixels = mask.shape
    values = np.arange(bands)[:, None] + np.arange(pixels)[None] / 1000
    values = np.where(mask, values, np.nan).astype(np.float32)
    cube = (bands, 1, pixels)
    nm = np.linspace(400, 900, bands)
    return Observation(values.reshape(cube), mask.reshape(cube), Bands.at(nm), support)


def test_complete_pixels_are_taken_as_they_are():
    found = gather(observation([[1, 1, 0, 1], [1, 1, 1, 1]]), least=2, most=10)
    np.testing.assert_array_equal(found.bands, [0, 1])
    np.testing.assert_allclose(found.spectra, [[0, 1], [0.001, 1.001], [0.003, 1.003]], rtol=1e-6)
    assert found.spectra.dtype == np.float64


def test_a_band_that_nobody_has_is_given_up():
    found = gather(observation([[1, 1, 1], [0, 0, 0], [1, 1, 1]]), least=3, most=10)
    np.testing.assert_array_equal(found.bands, [0, 2])
    assert len(found) == 3


def test_the_least_observed_band_goes_first_and_no_more_than_needed():
    mask = np.ones((4, 8), dtype=bool)
    mask[1, :6] = mask[3, :4] = mask[0, 0] = False
    assert [list(gather(observation(mask), least, 10).bands) for least in (2, 3, 5)] == [
        [0, 1, 2, 3],
        [0, 2, 3],
        [0, 2],
    ]


def test_where_half_of_the_bands_do_not_suffice_none_is_given_up():
    mask = np.ones((4, 5), dtype=bool)
    mask[0, 0] = mask[1, 1] = mask[2, 2] = mask[3, 3] = False
    found = gather(observation(mask), least=5, most=10)
    np.testing.assert_array_equal(found.bands, [0, 1, 2, 3])
    assert len(found) == 1


@given(
    mask=arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 12))),
    least=st.integers(1, 12),
    most=st.integers(1, 12),
)
def test_what_comes_back_was_observed(mask, least, most):
    found = gather(observation(mask), least, most)
    assert len(found) <= most
    assert np.all(np.isfinite(found.spectra))
    seen = np.count_nonzero(mask.any(axis=1))
    assert 2 * len(found.bands) >= seen
    whole = np.count_nonzero(mask[found.bands].all(axis=0)) if seen else 0
    assert len(found) <= whole
    assert (len(found) > 0) == (whole > 0)


@pytest.mark.parametrize(
    ("most", "expected"), [(100, 10), (10, 10), (9, 5), (5, 5), (3, 3), (1, 1)]
)
def test_of_too_many_evenly_spaced_ones_are_taken(most, expected):
    found = gather(observation(np.ones((2, 10))), least=1, most=most)
    assert len(found) == expected
    assert len(np.unique(np.diff(found.spectra[:, 0]).round(4))) <= 1


def test_further_spectra_count_like_pixels_of_the_scene():
    further = np.array([[7, 8], [np.nan, 9], [np.inf, 9]], dtype=np.float32)
    found = gather(observation([[1, 0], [1, 1]], further), least=2, most=10)
    np.testing.assert_array_equal(found.spectra, [[0, 1], [7, 8]])


def test_nothing_observed_gives_nothing():
    found = gather(observation(np.zeros((3, 4))), least=1, most=5)
    assert (len(found), len(found.bands)) == (0, 0)


def test_places_say_where_the_spectra_are():
    further = np.array([[7, 8], [np.nan, 9], [3, 9]], dtype=np.float32)
    found = gather(observation([[1, 0, 1], [1, 1, 1]], further), least=2, most=10)
    np.testing.assert_array_equal(found.places, [0, 2, 3, 5])
    np.testing.assert_array_equal(found.spectra[2:], further[[0, 2]])


def test_places_say_so_of_some_of_many(rng):
    seen = observation(np.ones((2, 9)))
    found = gather(seen, least=2, most=4)
    assert len(found) == len(found.places) == 3
    np.testing.assert_array_equal(seen.values.reshape(2, 9)[:, found.places].T, found.spectra)
