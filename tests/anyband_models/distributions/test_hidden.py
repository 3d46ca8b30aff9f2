import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.distributions.hidden import FEWEST, Gap, gaps, trials

NM = np.array([400.0, 420.0, 450.0, 500.0, 510.0, 600.0, 630.0])


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ([1, 1, 1, 1, 1, 1, 1], []),
        ([1, 0, 0, 1, 1, 1, 1], [Gap(2, 100.0, 0)]),
        ([0, 1, 1, 1, 1, 1, 1], [Gap(1, 20.0, -1)]),
        ([1, 1, 1, 1, 0, 0, 0], [Gap(3, 130.0, 1)]),
        ([0, 0, 1, 0, 1, 0, 0], [Gap(2, 50.0, -1), Gap(1, 60.0, 0), Gap(2, 120.0, 1)]),
        ([0, 0, 0, 1, 0, 0, 0], [Gap(3, 100.0, -1), Gap(3, 130.0, 1)]),
    ],
)
def test_gaps_by_hand(observed, expected, rng):
    observed = np.array(observed, dtype=bool)
    assert gaps(NM, observed) == expected
    order = rng.permutation(len(NM))
    assert gaps(NM[order], observed[order]) == expected


@given(
    wavelength=st.lists(st.integers(400, 500), min_size=9, max_size=9),
    observed=arrays(bool, 9),
    count=st.integers(1, 40),
)
def test_some_bands_are_hidden_and_two_are_left(wavelength, observed, count):
    assume(observed.any() and not observed.all())
    found = trials(np.array(wavelength, dtype=np.float64), observed, count)
    known = np.count_nonzero(observed)
    assert len(found) == (count if known > FEWEST else 0)
    for hidden in found:
        assert len(hidden) == known
        assert hidden.any()
        assert np.count_nonzero(~hidden) >= 2


def test_as_much_is_hidden_as_is_missing():
    """Every tenth of 100 even bands is missing three in a row: three are hidden, anywhere."""
    nm = 400.0 + 10 * np.arange(100)
    observed = np.arange(100) % 10 < 7
    found = trials(nm, observed)
    for hidden in found:
        widths = [gap.width for gap in gaps(nm[observed], ~hidden) if not gap.end]
        assert all(20 < width <= 80 for width in widths)
    assert 2 <= np.mean([np.count_nonzero(hidden) for hidden in found]) <= 4
    often = np.sum(found, axis=0)
    assert all(part.any() for part in np.array_split(often, 7))
    assert often.max() <= 4


@pytest.mark.parametrize(("end", "outer"), [(-1, 0), (1, -1)])
def test_what_is_missing_at_an_end_is_hidden_at_this_end(end, outer):
    nm = 400.0 + 10 * np.arange(40)
    observed = np.arange(40) >= 5 if end < 0 else np.arange(40) < 35
    for hidden in trials(nm, observed):
        assert hidden[outer]
        assert np.count_nonzero(hidden) == 5
        assert np.ptp(np.flatnonzero(hidden)) == 4


def test_the_order_of_the_bands_does_not_matter(rng):
    nm, observed = 400.0 + 10 * np.arange(30), rng.random(30) < 0.7
    order = rng.permutation(30)
    place = np.argsort(np.argsort(order[observed[order]]))  # among the observed, as turned
    turned = trials(nm[order], observed[order])
    for ours, theirs in zip(turned, trials(nm, observed), strict=True):
        np.testing.assert_array_equal(ours, theirs[place])
