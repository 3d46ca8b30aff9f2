import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.distributions.hedged import Hedged, line_weights
from anyband_models.distributions.normal import Normal

BANDS = 7
NM = np.array([450.0, 900.0, 500.0, 700.0, 550.0, 600.0, 1000.0])
OBSERVED = np.array([True, True, False, True, False, True, False])


@pytest.fixture
def normal(rng):
    root = rng.standard_normal((BANDS, BANDS))
    return Normal(rng.standard_normal(BANDS), root @ root.T + 0.1 * np.eye(BANDS))


@given(
    wavelength=st.lists(st.integers(400, 440), min_size=BANDS, max_size=BANDS),
    observed=arrays(bool, BANDS),
)
def test_lines_are_numpys(wavelength, observed):
    assume(observed.any())
    nm = np.array(wavelength, dtype=np.float64)
    values = nm**2  # bands of one place have one value
    order = np.argsort(nm[observed], kind="stable")
    expected = np.interp(nm[~observed], nm[observed][order], values[observed][order])
    weights = line_weights(nm, observed)
    np.testing.assert_allclose(weights @ values[observed], expected, rtol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)
    assert np.all(weights >= 0)


def test_one_observed_band_is_held_everywhere():
    observed = np.arange(3) == 1
    np.testing.assert_array_equal(line_weights(np.array([1.0, 2.0, 3.0]), observed), [[1], [1]])


def test_without_trust_it_is_the_lines(normal, rng):
    values = rng.standard_normal((4, 5))
    found = Hedged(normal, NM, trust=0.0).given(OBSERVED).answer(values)
    order = np.argsort(NM[OBSERVED])
    lines = [np.interp(NM[~OBSERVED], NM[OBSERVED][order], each) for each in values[order].T]
    np.testing.assert_allclose(found.mean.T, lines, atol=1e-12)


def test_with_trust_it_is_what_is_inside_but_for_the_spread(normal, rng):
    values = rng.standard_normal((4, 5))
    noise, none = rng.standard_normal((3, 5)), np.empty((0, 5))
    plain = normal.given(OBSERVED)
    for spread in (1.0, 2.5):
        hedged = Hedged(normal, NM, spread=spread)
        assert hedged.normal is normal
        found = hedged.given(OBSERVED)
        assert found.further == plain.further
        mean, std = plain.answer(values)
        np.testing.assert_array_equal(found.answer(values).mean, mean)
        np.testing.assert_allclose(found.answer(values).std, spread * std)
        apart = plain.draw(values, noise, none) - mean
        np.testing.assert_allclose(found.draw(values, noise, none) - mean, spread * apart)


def test_draws_have_the_mean_and_the_spread(normal, rng):
    given_them = Hedged(normal, NM, trust=0.4, spread=1.7).given(OBSERVED)
    values = np.repeat(rng.standard_normal((4, 1)), 40_000, axis=1)
    draws = given_them.draw(values, rng.standard_normal((3, 40_000)), np.empty((0, 40_000)))
    mean, std = given_them.answer(values[:, :1])
    np.testing.assert_allclose(draws.mean(axis=1), mean[:, 0], atol=0.03 * std.max())
    np.testing.assert_allclose(draws.std(axis=1), std[:, 0], rtol=0.03)


def test_each_band_has_its_own_spread(normal, rng):
    values, spread = rng.standard_normal((4, 5)), rng.uniform(0.5, 2, BANDS)
    inner, found = (each.given(OBSERVED) for each in (normal, Hedged(normal, NM, 1.0, spread)))
    usual, said = inner.answer(values), found.answer(values)
    times = spread[~OBSERVED, np.newaxis]
    np.testing.assert_allclose(said.std, usual.std * times)
    noise, further = rng.standard_normal((3, 5)), np.empty((0, 5))
    apart = inner.draw(values, noise, further) - usual.mean
    np.testing.assert_allclose(found.draw(values, noise, further) - said.mean, apart * times)


def test_nothing_is_narrowed_where_bands_are_missing_that_were_not_when_it_was_judged(normal, rng):
    spread = np.linspace(0.4, 1.6, BANDS)
    hedged = Hedged(normal, NM, 1.0, spread, judged=~OBSERVED)
    fewer, more = OBSERVED.copy(), OBSERVED.copy()
    fewer[2], more[0] = True, False
    for observed, expected in (
        (OBSERVED, spread),
        (fewer, spread),
        (more, np.maximum(spread, 1)),
    ):
        values = rng.standard_normal((np.count_nonzero(observed), 5))
        usual, said = (each.given(observed).answer(values).std for each in (normal, hedged))
        np.testing.assert_allclose(said, usual * expected[~observed, np.newaxis])
