"""SciPy's own splines are the oracle: ours never makes the curve, only the weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from srf_library import splines
from srf_library.splines import Points

grids = st.lists(st.integers(0, 400), min_size=1, max_size=25, unique=True).map(
    lambda places: np.sort(np.array(places, dtype=float))
)


def one_row_a_point(places):
    return Points(places, np.ones(len(places)), np.arange(len(places)), len(places))


def inside(nodes, share):
    return nodes[0] + (nodes[-1] - nodes[0]) * np.asarray(share)


@given(grids, st.lists(st.floats(0, 1), min_size=1, max_size=9), st.integers(0, 9))
def test_the_cubic_is_scipys_natural_spline(nodes, share, seed):
    values = np.random.default_rng(seed).normal(size=len(nodes))
    places = inside(nodes, share)
    weights = splines.cubic(nodes, one_row_a_point(places))
    if len(nodes) == 1:
        np.testing.assert_array_equal(weights @ values, values[0])
    else:
        oracle = CubicSpline(nodes, values, bc_type="natural")(places)
        np.testing.assert_allclose(weights @ values, oracle, atol=1e-9)


@given(grids, st.lists(st.floats(0, 1), min_size=1, max_size=9), st.integers(0, 9))
def test_the_slope_is_that_of_scipys_spline(nodes, share, seed):
    values = np.random.default_rng(seed).normal(size=len(nodes))
    places = inside(nodes, share)
    weights = splines.cubic_slope(nodes, one_row_a_point(places))
    if len(nodes) == 1:
        np.testing.assert_array_equal(weights, 0)
    else:
        oracle = CubicSpline(nodes, values, bc_type="natural")(places, 1)
        np.testing.assert_allclose(weights @ values, oracle, atol=1e-9)


@given(grids, st.lists(st.floats(0, 1), min_size=1, max_size=9), st.integers(0, 9))
def test_straight_lines_are_numpys(nodes, share, seed):
    values = np.random.default_rng(seed).normal(size=len(nodes))
    places = inside(nodes, share)
    weights = splines.linear(nodes, one_row_a_point(places))
    np.testing.assert_allclose(weights @ values, np.interp(places, nodes, values), atol=1e-12)


@pytest.mark.parametrize("beyond", [-30.0, -1.0, 131.0, 160.0])
def test_beyond_its_ends_the_cubic_goes_on_straight(beyond):
    nodes, values = np.array([0.0, 50, 70, 130]), np.array([1.0, 3.0, -2.0, 0.5])
    curve = CubicSpline(nodes, values, bc_type="natural")
    end = 0.0 if beyond < 0 else 130.0
    straight = curve(end) + (beyond - end) * curve(end, 1)
    places = one_row_a_point(np.array([beyond]))
    assert splines.cubic(nodes, places) @ values == pytest.approx(straight)
    assert splines.cubic_slope(nodes, places) @ values == pytest.approx(float(curve(end, 1)))


def test_the_constant_changes_half_way():
    nodes = np.array([0.0, 10.0, 40.0])
    weights = splines.constant(nodes, one_row_a_point(np.array([-5.0, 4.9, 5.1, 24.0, 26.0])))
    assert weights.argmax(axis=1).tolist() == [0, 0, 1, 1, 2]
    assert (weights.sum(axis=1) == 1).all()


def test_points_of_a_row_add_up():
    points = Points(np.array([0.0, 5.0, 10.0]), np.array([1.0, 2.0, 3.0]), np.array([1, 1, 0]), 2)
    weights = splines.linear(np.array([0.0, 10.0]), points)
    np.testing.assert_allclose(weights, [[0, 3], [2, 1]])
