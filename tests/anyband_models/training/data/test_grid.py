import numpy as np

from anyband_models.training.data.grid import GRID, on_grid, patterns


def test_a_straight_spectrum_stays_straight_wherever_its_channels_lie():
    rng = np.random.default_rng(0)
    nm = rng.permutation(np.arange(395.0, 2506.0, 9.7))
    found = on_grid(nm, (1e-4 * nm)[None])
    np.testing.assert_allclose(found[0, 2:-2], 1e-4 * GRID[2:-2], atol=1e-9)


def test_a_long_gap_stays_open_and_a_short_one_is_closed():
    nm = np.arange(400.0, 2501.0, 10.0)
    values = np.full((1, len(nm)), 0.3)
    values[:, (nm > 1000) & (nm < 1030)] = np.nan
    values[:, (nm > 1340) & (nm < 1460)] = np.nan
    values[:, nm > 2450] = np.nan
    found = np.isnan(on_grid(nm, values, gap=30.0)[0])
    # A channel reaches half a channel far.
    assert GRID[found][[0, -1]].tolist() == [1350.0, 2500.0]
    assert not found[(GRID > 1000) & (GRID < 1030)].any()
    assert found[(GRID > 1345) & (GRID < 1455)].all()
    assert not found[(GRID >= 1460) & (GRID <= 2450)].any()


def test_two_detectors_that_overlap_are_averaged_and_make_no_spike():
    nm = np.concatenate([np.arange(400.0, 1001.0, 10.0), np.arange(981.0, 2500.0, 10.0)])
    values = np.where(np.arange(len(nm)) <= 60, 0.30, 0.31)[None]
    found = on_grid(nm, values)[0]
    assert 0.30 <= np.nanmin(found) <= np.nanmax(found) <= 0.31
    assert abs(found[GRID == 990.0] - 0.305)[0] < 0.006


def test_patterns_name_each_row_once():
    known = np.array([[1, 0, 1], [1, 1, 1], [1, 0, 1]], dtype=bool)
    found = {tuple(pattern.tolist()): rows.tolist() for pattern, rows in patterns(known)}
    assert found == {(True, False, True): [0, 2], (True, True, True): [1]}
