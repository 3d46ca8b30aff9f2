import numpy as np

from anyband_models.training.data.completion import completed
from anyband_models.training.data.grid import GRID


def family(count, seed):
    """Spectra whose band of water is as deep as they are bright in the visible."""
    rng = np.random.default_rng(seed)
    depth, slope = rng.uniform(0, 0.2, (2, count, 1))
    water = np.exp(-(((GRID - 1400) / 40) ** 2))
    return 0.2 + slope * (GRID - 400) / 2100 + depth * (GRID < 700) - depth * water


def test_what_donors_show_is_filled_in_not_a_straight_line():
    donors, truth = family(200, 0), family(20, 1)
    gap = (GRID > 1300) & (GRID < 1500)
    holed = np.where(gap, np.nan, truth)
    found = completed(holed, donors)
    np.testing.assert_allclose(found, truth, atol=2e-3)
    np.testing.assert_array_equal(found[:, ~gap], truth[:, ~gap])
    straight = np.array([np.interp(GRID[gap], GRID[~gap], row[~gap]) for row in truth])
    assert np.abs(straight - truth[:, gap]).max() > 0.1


def test_there_is_no_step_at_the_edge_of_a_gap_where_a_spectrum_is_unlike_donors():
    donors = family(200, 0)
    strange = 0.5 + 0.1 * np.sin(GRID / 150)[None]
    gap = (GRID > 1300) & (GRID < 1330)
    found = completed(np.where(gap, np.nan, strange), donors)
    assert np.abs(np.diff(found[0])).max() < 0.02


def test_a_whole_spectrum_and_one_of_which_nothing_is_known_are_left_alone():
    spectra = family(2, 2)
    spectra[1] = np.nan
    np.testing.assert_array_equal(completed(spectra, family(50, 0)), spectra)
