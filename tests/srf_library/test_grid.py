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


@pytest.mark.parametrize(("width", "runs"), [(19, 6), (20, 2), (60, 2), (299, 2), (300, 1)])
def test_bands_join_if_no_more_than_three_widths_apart_or_if_they_meet(width, runs):
    """60 nm apart, but for one hole of 300 nm."""
    centres = [400.0, 460, 520, 820, 880, 940]
    assert len(Grid.of(centres, width).runs) == runs


def test_nothing_is_known_between_the_bands_of_a_camera():
    """Landsat-8 sees nothing between the red at 655 nm and the near infrared at 865 nm."""
    centres, widths = [443.0, 483, 561, 655, 865], [16.0, 60, 57, 37, 28]
    assert Grid.of(centres, widths).reach[-1] == (851, 879)


def test_two_detectors_of_different_spacing_meet_without_a_gap():
    fine = np.arange(400.0, 600.0, 2.0)
    assert len(Grid.of(np.concatenate([fine, np.arange(600.0, 1000.0, 12.0)])).runs) == 1


def test_detectors_that_measure_the_same_place_share_a_node():
    grid = Grid.of([*EVEN, 500.05, 499.9])
    assert len(grid.nodes) == 60
    assert grid.nodes[10] == pytest.approx((500 + 500.05 + 499.9) / 3)
    spread = grid.spread_over_bands(np.eye(60))
    np.testing.assert_allclose(spread[10, [10, 60, 61]], 1 / 3)
    np.testing.assert_allclose(spread.sum(axis=1), 1)


@pytest.mark.parametrize(("apart", "nodes"), [(3.9, 60), (4.1, 61)])
def test_bands_that_see_almost_the_same_light_share_a_node(apart, nodes):
    """Two Gaussians side by side are, to second order, one of their mean and wider."""
    grid = Grid.of([*EVEN, 990 + apart], 10.0)
    assert len(grid.nodes) == nodes
    if nodes == 60:
        variance = 10**2 / (8 * np.log(2)) + (apart / 2) ** 2
        assert grid.fwhm[-1] == pytest.approx(np.sqrt(8 * np.log(2) * variance))
        assert grid.nodes[-1] == pytest.approx(990 + apart / 2)


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


def test_without_widths_bands_far_apart_are_not_joined():
    grid = Grid.of([443, 490, 560, 665, 705, 740, 783, 842, 865, 1610, 2190])
    assert grid.reach == (
        *((nm, nm) for nm in (443, 490, 560)),
        (665, 865),
        (1610, 1610),
        (2190, 2190),
    )
    assert len(Grid.of([400.0, 2400.0]).runs) == 2


def test_a_width_that_is_not_known_does_not_undo_one_that_is():
    grid = Grid.of([500.0, 500.1, 510.0], [8.0, np.nan, np.nan])
    assert grid.fwhm[0] == pytest.approx(8)
    assert np.isnan(grid.fwhm[1])


def test_runs_that_reach_into_each_other_share_what_lies_between():
    grid = Grid.of([450.0, 620.0], [150.0, np.nan])
    assert grid.reach == ((375, 525), (620, 620))
    wide = Grid.of([450.0, 590.0, 600.0], [300.0, np.nan, 150.0])
    (_, high), (low, _) = wide.reach[:2]
    assert high == low


def test_what_cannot_be_bands_is_refused():
    with pytest.raises(GridError, match="some in µm and some in nm"):
        Grid.of([0.5, 600.0])
