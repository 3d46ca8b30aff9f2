"""Interpolation along rows and columns."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.models.contract import Caution, Observation
from anyband_models.models.registry import create_model
from anyband_models.models.spatial import both_ways
from physops.bands import Bands


def repaired(values, mask, samples=0):
    """Repair an image beside whose bands there is one of noise that every pixel has."""
    noise = np.random.default_rng(99).random((1, *values.shape[1:]))
    values, mask = np.concatenate([values, noise]), np.concatenate([mask, noise < 2])
    shown = np.where(mask, values, np.nan).astype(np.float32)
    bands = Bands.at(np.linspace(500.0, 600.0, len(values)), 10.0)
    found = create_model("spatial").reconstruct(Observation(shown, mask, bands), samples)
    layers = {name: getattr(found, name)[:-1] for name in ("mean", "std", "caution", "provenance")}
    drawn = None if found.samples is None else found.samples[:, :-1]
    return dataclasses.replace(found, samples=drawn, **layers)


@given(st.integers(0, 99), st.floats(-2, 2), st.floats(-2, 2))
def test_a_plane_is_itself_inside(seed, down, across):
    rows, cols = np.mgrid[:7, :9]
    plane = (3 + down * rows + across * cols)[np.newaxis]
    mask = np.ones(plane.shape, dtype=bool)
    mask[:, 1:-1, 1:-1] = np.random.default_rng(seed).random((1, 5, 7)) < 0.6
    found = repaired(plane, mask)
    np.testing.assert_allclose(found.mean, plane, rtol=1e-5, atol=1e-5)


def test_rows_and_columns_are_weighed_by_their_variances():
    # Down the column steps are of 1, one pixel away on either side; along the row of 3.
    image = np.array([[0, 3, 0], [1, 9, 1], [0, 3, 0]], dtype=np.float32)
    observed = np.ones((3, 3), dtype=bool)
    observed[1, 1] = False
    mean, precision, inside = both_ways(image, observed)
    assert inside[1, 1]
    # Columns: squares 1, 1, 1, 1 and 0 over two pixels, mean 4 / 5; rows: 9, 9, 9, 9, 0, mean 36/5.
    down, across = 1 / (0.8 * 0.5), 1 / (7.2 * 0.5)
    assert precision[1, 1] == pytest.approx(down + across)
    assert mean[1, 1] == pytest.approx((down * 3 + across * 1) / (down + across))
    assert precision[0, 0] == 0


def test_a_lost_column_is_crossed_along_the_rows():
    values = np.broadcast_to(np.arange(6.0), (2, 4, 6))
    mask = np.ones(values.shape, dtype=bool)
    mask[:, :, 3] = False
    found = repaired(values, mask)
    np.testing.assert_allclose(found.mean[:, :, 3], 3, rtol=1e-6)
    assert not found.caution.any()


def test_a_band_that_is_missing_whole_is_linears_and_says_so():
    values = np.random.default_rng(0).random((3, 4, 5))
    mask = np.ones(values.shape, dtype=bool)
    mask[1] = False
    found = repaired(values, mask)
    np.testing.assert_allclose(found.mean[1], values[[0, 2]].mean(axis=0), rtol=1e-6)
    assert (found.caution[1] & Caution.FALLBACK).all()


def test_its_intervals_hold_a_random_walk():
    walk = np.random.default_rng(1).standard_normal((40, 30, 60)).cumsum(axis=2)
    mask = np.ones(walk.shape, dtype=bool)
    mask[:, :, 5::7] = False
    found = repaired(walk, mask, samples=1)
    inside = np.abs(found.mean - walk) < 1.645 * found.std
    assert inside[~mask].mean() == pytest.approx(0.9, abs=0.02)
    apart = (found.samples[0] - found.mean)[~mask] / found.std[~mask]
    assert apart.std() == pytest.approx(1, abs=0.05)


def test_its_intervals_hold_what_is_nothing_but_noise():
    noise = np.random.default_rng(2).standard_normal((4, 60, 60))
    mask = np.random.default_rng(3).random(noise.shape) < 0.7
    found = repaired(noise, mask)
    inside = np.abs(found.mean - noise) < 1.645 * found.std
    assert inside[~mask].mean() == pytest.approx(0.9, abs=0.03)


def test_what_is_held_beyond_the_last_pixel_is_flagged():
    values = np.random.default_rng(0).random((1, 6, 5))
    mask = np.ones(values.shape, dtype=bool)
    mask[:, 4:] = False
    mask[0, 1, 2] = False
    found = repaired(values, mask)
    assert (found.caution[0, 4:] == Caution.EXTRAPOLATED).all()
    assert found.caution[0, 1, 2] == Caution.NONE


def test_a_constant_band_and_a_lone_pixel_are_no_trouble():
    mask = np.ones((1, 3, 3), dtype=bool)
    mask[0, 1] = False
    assert (repaired(np.full((1, 3, 3), 2.0), mask).mean == 2).all()
    mask[:] = False
    mask[0, 1, 1] = True
    found = repaired(np.full((1, 3, 3), 2.0), mask)
    assert (found.mean[0, 1] == 2).all()
    assert (found.mean[0, :, 1] == 2).all()
    assert found.caution[0, 0, 0] & Caution.FALLBACK, "neither its row nor its column has anything"
