import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.distributions.departures import DARKEST, Departures

SIZES = st.floats(1e-3, 1)
DEPARTURES = st.builds(Departures, short=SIZES, length=st.floats(1, 2000), gain=SIZES)
SEEDS = st.integers(0, 10_000)


def bands(seed, count=9):
    rng = np.random.default_rng(seed)
    return rng.uniform(400, 2500, count), rng.uniform(0, 1, count)


def test_two_bands_by_hand():
    # e^-1 of what they share, times both levels; each band's own gain on the diagonal alone.
    found = Departures(0.2, 50.0, 0.1).covariance(np.array([500.0, 550.0]), np.array([1.0, 0.5]))
    shared = 0.04 / np.e * 0.5
    np.testing.assert_allclose(found, [[0.05, shared], [shared, 0.0125]], rtol=1e-12)


@given(departures=DEPARTURES, seed=SEEDS)
def test_it_is_a_covariance(departures, seed):
    found = departures.covariance(*bands(seed))
    np.testing.assert_array_equal(found, found.T)
    values = np.linalg.eigvalsh(found)
    assert values[0] > 0


@given(departures=DEPARTURES, seed=SEEDS, factor=st.floats(1e-6, 1e6))
def test_it_grows_with_the_square_of_the_level(departures, seed, factor):
    nm, level = bands(seed)
    once, more = (departures.covariance(nm, each) for each in (level, factor * level))
    np.testing.assert_allclose(more, factor**2 * once, rtol=1e-9, atol=1e-12 * more.max())


@given(departures=DEPARTURES, seed=SEEDS)
def test_without_gains_what_lies_between_two_bands_hangs_on_these_alone(departures, seed):
    """The Ornstein-Uhlenbeck process has no memory: its precision is tridiagonal."""
    nm = np.sort(np.random.default_rng(seed).choice(np.arange(400, 2500, 10.0), 8, replace=False))
    found = departures._replace(gain=0.0).covariance(nm, np.ones(8))
    precision = np.linalg.inv(found)
    apart = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    assert np.abs(precision[apart > 1]).max() < 1e-7 * np.abs(precision).max()


def test_the_bridge_of_close_bands_is_a_straight_line():
    nm = np.array([500.0, 502.0, 510.0])
    c = Departures(0.1, 10_000.0, 0.0).covariance(nm, np.ones(3))
    weights = np.linalg.solve(c[np.ix_([0, 2], [0, 2])], c[[0, 2], 1])
    np.testing.assert_allclose(weights, [0.8, 0.2], atol=1e-4)


def test_dark_bands_count_as_a_part_of_the_mean():
    level = np.array([0.0, 1.0, 2.0])
    found = Departures(0.0, 1.0, 1.0).covariance(np.array([500.0, 600.0, 700.0]), level)
    np.testing.assert_allclose(np.diag(found), [DARKEST**2, 1.0, 4.0])
