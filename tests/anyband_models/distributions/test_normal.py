import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from anyband_models.distributions.normal import Normal

SEEDS = st.integers(0, 10_000)


def random_normal(seed, bands):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((bands, bands))
    return Normal(rng.standard_normal(bands), root @ root.T + 0.1 * np.eye(bands))


@given(seed=SEEDS, bands=st.integers(2, 12), data=st.data())
def test_the_conditional_is_the_textbooks(seed, bands, data):
    # Few missing bands take the precision's way, many the covariance's.
    normal = random_normal(seed, bands)
    count = data.draw(st.integers(1, bands - 1))
    observed = np.arange(bands) < count
    given_them = normal.given(observed)
    c = normal.covariance
    gain = np.linalg.solve(c[:count, :count], c[:count, count:]).T
    covariance = c[count:, count:] - gain @ c[:count, count:]
    np.testing.assert_allclose(given_them.gain, gain, rtol=1e-9, atol=1e-9 * np.abs(gain).max())
    np.testing.assert_allclose(
        given_them.covariance, covariance, rtol=1e-9, atol=1e-9 * np.abs(covariance).max()
    )
    assert np.all(np.diag(given_them.covariance) <= np.diag(c)[count:] * (1 + 1e-12))


def test_two_bands_by_hand():
    # sigma 2 and 3, correlation 0.5: gain rho s2 / s1, variance s2^2 (1 - rho^2).
    normal = Normal(np.array([1.0, 5.0]), np.array([[4.0, 3.0], [3.0, 9.0]]))
    conditional = normal.given(np.array([True, False]))
    np.testing.assert_allclose(conditional.gain, [[0.75]], rtol=1e-12)
    np.testing.assert_allclose(conditional.covariance, [[6.75]], rtol=1e-12)


@pytest.mark.parametrize("observed", [[True, True, True], [False, False, False]])
def test_all_or_nothing_observed(observed):
    normal = random_normal(1, 3)
    conditional = normal.given(np.array(observed))
    missing = 3 - sum(observed)
    assert conditional.gain.shape == (missing, 3 - missing)
    np.testing.assert_allclose(conditional.covariance, normal.covariance[:missing, :missing])


@given(seed=SEEDS, bands=st.integers(2, 8), weights=st.lists(st.floats(1e-3, 1), min_size=1))
def test_leave_one_band_out_is_joint_over_rest(seed, bands, weights):
    normal = random_normal(seed, bands)
    spectra = np.random.default_rng(seed).standard_normal((5, bands))
    scores = normal.leave_one_band_out(spectra, weights)
    scale = np.log(np.sqrt(np.diag(normal.covariance)))
    for weight, score in zip(weights, scores, strict=True):
        shrunk = normal.shrunk(weight)
        joint = multivariate_normal(shrunk.mean, shrunk.covariance).logpdf(spectra)
        densities = []
        for band in range(bands):
            rest = np.arange(bands) != band
            marginal = multivariate_normal(shrunk.mean[rest], shrunk.covariance[np.ix_(rest, rest)])
            densities.append(joint - marginal.logpdf(spectra[:, rest]) + scale[band])
        np.testing.assert_allclose(score, np.mean(densities), rtol=1e-8, atol=1e-8)


@given(seed=SEEDS, weight=st.floats(0, 1))
def test_shrinking_leaves_the_variances_and_scales_the_rest(seed, weight):
    normal = random_normal(seed, 5)
    shrunk = normal.shrunk(weight).covariance
    apart = ~np.eye(5, dtype=bool)
    np.testing.assert_array_equal(np.diag(shrunk), np.diag(normal.covariance))
    np.testing.assert_allclose(shrunk[apart], (1 - weight) * normal.covariance[apart])


def test_fully_shrunk_bands_say_nothing_of_one_another():
    conditional = random_normal(3, 6).shrunk(1.0).given(np.arange(6) < 4)
    np.testing.assert_array_equal(conditional.gain, 0)


@given(seed=SEEDS, pixels=st.integers(2, 30))
def test_the_fit_is_numpys(seed, pixels):
    spectra = np.random.default_rng(seed).standard_normal((pixels, 4))
    normal = Normal.fit(spectra)
    np.testing.assert_allclose(normal.mean, spectra.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(normal.covariance, np.cov(spectra.T), atol=1e-10)


@pytest.mark.parametrize("level", [0.0, 1e-35, 0.3, 1e6])
def test_spectra_that_do_not_vary_can_still_be_conditioned_on(level):
    conditional = Normal.fit(np.full((40, 3), level)).shrunk(1e-7).given(np.arange(3) < 2)
    assert np.all(np.isfinite(conditional.gain))
    assert 0 <= conditional.covariance[0, 0] <= 1e-11 * max(level**2, 1e-60)


@given(seed=SEEDS, bands=st.integers(2, 10), data=st.data())
def test_surprise_is_each_band_against_all_others_left_in(seed, bands, data):
    # Few missing bands take the precision's way, many the covariance's.
    normal = random_normal(seed, bands)
    count = data.draw(st.integers(1, bands))
    observed = np.isin(np.arange(bands), np.random.default_rng(seed).permutation(bands)[:count])
    values = np.random.default_rng(seed + 1).standard_normal((count, 3))
    found = normal.surprise(observed, values)
    places = np.flatnonzero(observed)
    for row, band in enumerate(places):
        others = np.delete(places, row)
        c = normal.covariance
        gain = np.linalg.solve(c[np.ix_(others, others)], c[others, band])
        apart = np.delete(values, row, axis=0) - normal.mean[others, None]
        error = values[row] - normal.mean[band] - gain @ apart
        deviation = np.sqrt(c[band, band] - gain @ c[others, band])
        np.testing.assert_allclose(found[row], error / deviation, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("count", [2, 7])
def test_surprises_of_spectra_that_obey_have_variance_one(count):
    normal = random_normal(8, 8)
    observed = np.arange(8) < count
    spectra = np.random.default_rng(1).multivariate_normal(normal.mean, normal.covariance, 20_000)
    surprise = normal.surprise(observed, spectra[:, :count].T)
    np.testing.assert_allclose(surprise.mean(axis=1), 0, atol=0.03)
    np.testing.assert_allclose(surprise.std(axis=1), 1, rtol=0.03)
