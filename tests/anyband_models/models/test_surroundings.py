import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import uniform_filter

from anyband_models.models.contract import Observation
from anyband_models.models.surroundings import beside
from physops.bands import Bands


def observation(values, mask=None, support=None, support_shape=None):
    values = np.array(values, dtype=np.float32)
    mask = np.ones(values.shape, dtype=bool) if mask is None else mask
    values = np.where(mask, values, np.float32(np.nan))
    bands = Bands.at(np.linspace(400, 900, len(values)))
    return Observation(values, mask, bands, support, support_shape=support_shape)


def test_inside_a_whole_image_it_is_what_a_filter_says(rng):
    cube = rng.random((3, 7, 8))
    found = beside(observation(cube), np.array([0, 2]), np.arange(56)).T.reshape(2, 7, 8)
    chosen = cube[[0, 2]].astype(np.float32)
    expected = (9 * uniform_filter(chosen.astype(float), (1, 3, 3)) - chosen) / 8 - chosen
    np.testing.assert_allclose(found[:, 1:-1, 1:-1], expected[:, 1:-1, 1:-1], atol=1e-6)


def test_at_the_edge_those_count_that_are_there_in_a_corner_they_are_few():
    cube = [[[1, 2, 4], [8, 16, 32], [64, 128, 256]]]
    found = beside(observation(cube), np.array([0]), np.array([1, 3, 0]))
    np.testing.assert_allclose(found[:, 0], [61 / 5 - 2, 211 / 5 - 8, np.nan])


def test_a_neighbour_without_one_of_the_bands_does_not_count(rng):
    cube = rng.random((2, 3, 3)).astype(np.float32)
    mask = np.ones(cube.shape, dtype=bool)
    mask[1, 0, :2] = False
    both = beside(observation(cube, mask), np.array([0, 1]), np.array([4]))
    around = np.delete(cube.reshape(2, 9), [0, 1, 4], axis=1).mean(axis=1)
    np.testing.assert_allclose(both[0], around - cube[:, 1, 1], atol=1e-6)
    first = beside(observation(cube, mask), np.array([0]), np.array([4]))
    around = np.delete(cube[0].ravel(), 4).mean()
    np.testing.assert_allclose(first[0, 0], around - cube[0, 1, 1], atol=1e-6)


@pytest.mark.parametrize(("there", "known"), [(5, True), (4, False), (0, False)])
def test_of_a_pixel_with_few_neighbours_nothing_is_said(rng, there, known):
    mask = np.zeros((2, 9), dtype=bool)
    mask[:, [4, *rng.permutation([0, 1, 2, 3, 5, 6, 7, 8])[:there]]] = True
    found = beside(
        observation(rng.random((2, 3, 3)), mask.reshape(2, 3, 3)), np.arange(2), np.array([4])
    )
    assert np.isfinite(found).all() == known
    assert np.isnan(found).all() != known


def test_of_a_support_neighbours_are_known_if_its_shape_is(rng):
    cube, other = rng.random((2, 3, 5)), rng.random((2, 4, 3)).astype(np.float32)
    support = np.ascontiguousarray(other.reshape(2, 12).T)
    places = np.array([6, 15, 19, 22])  # one of the image, three of the support
    shaped = beside(observation(cube, None, support, (4, 3)), np.arange(2), places)
    alone = beside(observation(other), np.arange(2), places[1:] - 15)
    np.testing.assert_array_equal(shaped[1:], alone)
    assert np.isfinite(shaped[[0, 2, 3]]).all()
    assert np.isnan(shaped[1]).all()
    own = beside(observation(cube), np.arange(2), np.array([6]))
    np.testing.assert_array_equal(shaped[:1], own)
    plain = beside(observation(cube, None, support), np.arange(2), places)
    np.testing.assert_array_equal(plain, np.concatenate([own, np.full((3, 2), np.nan)]))


@given(
    cube=arrays(np.float32, (2, 3, 4), elements=st.floats(-1, 1, width=32)),
    mask=arrays(bool, (2, 3, 4)),
    shift=st.floats(-1, 1, width=32),
)
def test_it_is_whole_or_not_there_and_does_not_see_a_shift(cube, mask, shift):
    places = np.flatnonzero(mask.all(axis=0))
    found, moved = (
        beside(observation(each, mask), np.arange(2), places) for each in (cube, cube + shift)
    )
    there = np.isfinite(found)
    assert (there.all(axis=1) | ~there.any(axis=1)).all()
    np.testing.assert_allclose(moved, found, atol=1e-5)


def test_a_shape_that_the_support_cannot_have_is_refused(rng):
    support = rng.random((6, 2)).astype(np.float32)
    with pytest.raises(ValueError, match="has 6 spectra, which cannot be an image of 2 rows and 4"):
        observation(rng.random((2, 1, 1)), None, support, (2, 4))
    with pytest.raises(ValueError, match="cannot be an image of -2 rows and -3"):
        observation(rng.random((2, 1, 1)), None, support, (-2, -3))
    with pytest.raises(ValueError, match="has 0 spectra"):
        observation(rng.random((2, 1, 1)), None, None, (2, 4))
