import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.models.neighbours import Neighbours


@given(
    mask=arrays(bool, st.tuples(st.integers(2, 8), st.integers(1, 4))),
    seed=st.integers(0, 100),
)
def test_they_are_what_a_walk_along_the_bands_finds(mask, seed):
    nm = np.sort(np.random.default_rng(seed).uniform(400, 900, len(mask)))
    others = mask.sum(axis=0) - mask  # observed entries beside the entry itself
    entries = np.nonzero(others > 0)
    found = Neighbours.of(mask, nm, entries)
    for i, (band, pixel) in enumerate(zip(*entries, strict=True)):
        known = np.flatnonzero(mask[:, pixel])
        below, above = known[known < band], known[known > band]
        low = below[-1] if len(below) else above[0]
        high = above[0] if len(above) else below[-1]
        assert (found.below[i], found.above[i]) == (low, high)
        assert found.outside[i] == (low == high)


def test_the_bridge_is_the_variance_of_a_pinned_wiener_process():
    mask = np.array([[True], [False], [False], [True], [False]])
    nm = np.array([0.0, 1, 3, 4, 9])
    found = Neighbours.of(mask, nm, (np.array([1, 2, 4]), np.zeros(3, dtype=int)))
    # (l - a)(b - l) / (b - a) between 0 and 4; the distance from 4 outside.
    np.testing.assert_allclose(found.bridge(), [1 * 3 / 4, 3 * 1 / 4, 5])
    np.testing.assert_allclose(found.gap, [4, 4, 5])


def test_a_gap_of_no_width_is_met_half_way():
    nm = np.array([500.0, 500, 500])
    mask = np.array([[True], [False], [True]])
    found = Neighbours.of(mask, nm, (np.array([1]), np.array([0])))
    assert found.interpolate(np.array([[1.0], [9], [2]]), np.array([0])) == 1.5
    assert found.bridge() == 0
