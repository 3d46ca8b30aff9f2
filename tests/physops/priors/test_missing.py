import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from physops.priors.missing import moments


def spectra(seed, count):
    """Return smooth spectra, of which few numbers decide."""
    rng = np.random.default_rng(seed)
    shapes = np.array([np.ones(12), np.linspace(-1, 1, 12), np.linspace(-1, 1, 12) ** 2])
    drawn = 0.1 * rng.normal(size=(count, 3)) @ shapes
    return 0.4 + drawn + 0.02 * rng.normal(size=drawn.shape)


@given(st.integers(0, 100))
def test_where_nothing_is_missing_they_are_the_usual_ones(seed):
    x = spectra(seed, 30)
    found = moments(x)
    np.testing.assert_allclose(found.mean, x.mean(axis=0))
    np.testing.assert_allclose(found.covariance, np.cov(x.T, bias=True))


def test_they_are_near_those_of_the_whole_where_bright_spectra_lack_channels():
    x = spectra(0, 4000)
    whole = moments(x)
    holes = x.copy()
    # What is missing depends on what is known: the mean of what is left is far off.
    bright = x[:, 0] > 0.4
    holes[np.ix_(bright, [5, 6, 7, 8])] = np.nan
    found = moments(holes)
    left = np.abs(np.nanmean(holes, axis=0) - whole.mean).max()
    assert left > 0.03
    assert np.abs(found.mean - whole.mean).max() < left / 10
    assert np.abs(found.covariance - whole.covariance).max() < 0.05 * whole.covariance.max()


@settings(max_examples=15)  # some take many steps
@given(st.integers(0, 100))
def test_what_comes_out_is_a_covariance(seed):
    x = spectra(seed, 25)
    x[np.random.default_rng(seed).random(x.shape) < 0.4] = np.nan
    covariance = moments(x[np.isfinite(x).any(axis=1)]).covariance
    np.testing.assert_allclose(covariance, covariance.T, atol=1e-12)
    assert np.linalg.eigvalsh(covariance).min() > -1e-12
