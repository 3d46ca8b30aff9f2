import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srf_library import GridError
from srf_library.grid import Grid

EVEN = np.arange(400.0, 1000.0, 10.0)


def test_an_even_grid_is_one_run():
    assert Grid.of(EVEN).reach == ((400, 990),)


@pytest.mark.parametrize(("removed", "runs"), [(1, 1), (2, 1), (3, 2), (12, 2)])
def test_a_hole_of_more_than_three_spacings_is_a_gap(removed, runs):
    grid = Grid.of(np.delete(EVEN, range(20, 20 + removed)))
    assert len(grid.runs) == runs


def test_wide_bands_that_meet_have_no_gap_between_them():
    holed = np.delete(EVEN, range(20, 25))
    assert len(Grid.of(holed, np.full(len(holed), 60.0)).runs) == 1
    assert len(Grid.of(holed, np.full(len(holed), 59.0)).runs) == 2


def test_two_detectors_of_different_spacing_meet_without_a_gap():
    fine = np.arange(400.0, 600.0, 2.0)
    assert len(Grid.of(np.concatenate([fine, np.arange(600.0, 1000.0, 12.0)])).runs) == 1


def test_detectors_that_measure_the_same_place_share_a_node():
    grid = Grid.of([*EVEN, 500.4, 499.7], np.append(np.full(60, 10.0), [12.0, 14.0]))
    assert len(grid.nodes) == 60
    assert grid.nodes[10] == pytest.approx((500 + 500.4 + 499.7) / 3)
    assert grid.fwhm[10] == 12
    spread = grid.spread_over_bands(np.eye(60))
    np.testing.assert_allclose(spread[10, [10, 60, 61]], 1 / 3)
    np.testing.assert_allclose(spread.sum(axis=1), 1)


@given(st.permutations(range(12)))
def test_the_order_of_the_bands_does_not_matter(order):
    sorted_grid, grid = Grid.of(EVEN[:12]), Grid.of(EVEN[list(order)])
    np.testing.assert_array_equal(grid.nodes, sorted_grid.nodes)
    np.testing.assert_array_equal(grid.node_of, order)


def test_one_band_is_a_run_of_its_own():
    assert Grid.of([550.0]).runs == ((0, 1),)
    assert Grid.of([550.0, 550.0]).runs == ((0, 1),)


def test_a_band_of_known_width_reaches_half_a_width_beyond_its_centre():
    widths = np.full(len(EVEN), 12.0)
    assert Grid.of(EVEN, widths).reach == ((394, 996),)
    widths[-1] = np.nan
    assert Grid.of(EVEN, widths).reach == ((394, 990),)


def test_multispectral_bands_far_apart_are_not_joined():
    grid = Grid.of([443, 490, 560, 665, 705, 740, 783, 842, 865, 1610, 2190])
    assert (865, 1610) not in grid.reach
    assert grid.reach[0] == (443, 865)


def test_what_cannot_be_bands_is_refused():
    with pytest.raises(GridError, match="some in µm and some in nm"):
        Grid.of([0.5, 600.0])
