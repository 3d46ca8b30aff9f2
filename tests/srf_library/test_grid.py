from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import srf_library
from srf_library import GridError, response_matrix
from srf_library.grid import Grid

EVEN = np.arange(400.0, 1000.0, 10.0)


def test_an_even_grid_is_one_run():
    assert Grid.of(EVEN).reach == ((400, 990),)


@pytest.mark.parametrize(("removed", "runs"), [(1, 1), (2, 1), (3, 2), (12, 2)])
def test_a_hole_of_more_than_three_spacings_is_a_gap(removed, runs):
    grid = Grid.of(np.delete(EVEN, range(20, 20 + removed)))
    assert len(grid.runs) == runs


@pytest.mark.parametrize(("width", "runs"), [(34.9, 6), (35, 2), (60, 2), (299, 2), (300, 1)])
def test_bands_join_if_no_more_than_25_nm_lie_between_them_or_if_they_meet(width, runs):
    """60 nm apart, but for one hole of 300 nm."""
    centres = [400.0, 460, 520, 820, 880, 940]
    assert len(Grid.of(centres, width).runs) == runs


@pytest.mark.parametrize(("width", "runs"), [(3.3, 20), (3.4, 1)])
def test_narrow_bands_join_if_no_more_than_three_widths_apart(width, runs):
    assert len(Grid.of(EVEN[:20], width).runs) == runs


def test_the_red_edge_lies_between_the_bands_of_the_thematic_mapper():
    """Landsat-5 sees the red to 691 nm and the near infrared from 772 nm."""
    bands = srf_library.get("landsat5_tm")
    matrix = response_matrix("sentinel2a_msi", [b.centroid for b in bands], [b.fwhm for b in bands])
    seen = {name for name, usable in zip(matrix.sensor.names, matrix.usable, strict=True) if usable}
    assert seen == {"B2", "B3", "B4", "B8", "B8A", "B12"}


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


@pytest.mark.parametrize("width", [None, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("spacing", [0.5, 1.0, 4.0])
def test_an_even_grid_keeps_its_nodes_however_wide_its_bands(spacing, width):
    """Bands that overlap are two detectors only where they lie closer than usual."""
    assert len(Grid.of(np.arange(400.0, 500.0, spacing), width).nodes) == 100 / spacing


def test_bands_beside_a_gap_are_no_two_detectors():
    removed = np.delete(np.arange(400.0, 700.0, 4.0), range(30, 50))
    assert len(Grid.of(removed, 11.0).nodes) == len(removed)


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


def test_a_width_that_is_not_known_is_taken_for_its_neighbours():
    assert Grid.of([450.0, 620.0], [150.0, np.nan]).reach == ((375, 620),)
    assert Grid.of([450.0, 640.0], [150.0, np.nan]).reach == ((375, 525), (640, 640))


def test_a_width_that_is_not_known_does_not_undo_one_that_is():
    grid = Grid.of([500.0, 500.1, 510.0], [8.0, np.nan, np.nan])
    assert grid.fwhm[0] == pytest.approx(8)
    assert np.isnan(grid.fwhm[1])


@given(st.data())
def test_runs_do_not_reach_into_each_other(data):
    """Bands whose half maxima meet are one run, so that nothing counts twice."""
    centres = data.draw(st.lists(st.floats(400, 900), min_size=2, max_size=8, unique=True))
    width = st.one_of(st.floats(1, 300), st.just(np.nan))
    widths = data.draw(st.lists(width, min_size=len(centres), max_size=len(centres)))
    reach = Grid.of(centres, widths).reach
    assert all(high <= low for (_, high), (low, _) in pairwise(reach))


def test_what_cannot_be_bands_is_refused():
    with pytest.raises(GridError, match="some in µm and some in nm"):
        Grid.of([0.5, 600.0])
