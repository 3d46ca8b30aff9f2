"""Mixtures, against the conditional of each component by itself."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from anyband_models.distributions.expectation_maximisation import Components
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.normal_mixture import NormalMixture

BANDS, RANK, COUNT = 9, 3, 4


@pytest.fixture
def mixture(rng):
    """Four components that differ in mean and spread, and a rest with a covariance of its own."""
    loadings = rng.standard_normal((BANDS, RANK))
    root = 0.2 * rng.standard_normal((BANDS, BANDS))
    rest = Normal(rng.standard_normal(BANDS), root @ root.T + 0.01 * np.eye(BANDS))
    spreads = 0.5 * rng.standard_normal((COUNT, RANK, RANK))
    return NormalMixture(
        loadings,
        rest,
        Components(
            np.array([0.1, 0.2, 0.3, 0.4]),
            rng.standard_normal((COUNT, RANK)),
            spreads @ spreads.mT + 0.05 * np.eye(RANK),
        ),
    )


def whole(mixture):
    """Each component over the bands: its share, mean and covariance."""
    loads = mixture.loadings
    for share, mean, covariance in zip(*mixture.components, strict=True):
        spread = loads @ covariance @ loads.T + mixture.rest.covariance
        yield share, mixture.rest.mean + loads @ mean, spread


def exact(mixture, observed, values):
    """Mean and standard deviation of the missing bands by the formulas of each component."""
    logs, means, variances = [], [], []
    for share, mean, covariance in whole(mixture):
        inverse = np.linalg.inv(covariance[np.ix_(observed, observed)])
        apart = values - mean[observed, None]
        density = -0.5 * np.einsum("ip,ij,jp->p", apart, inverse, apart)
        logs.append(np.log(share) + 0.5 * np.linalg.slogdet(inverse)[1] + density)
        gain = covariance[np.ix_(~observed, observed)] @ inverse
        means.append(mean[~observed, None] + gain @ apart)
        rest = covariance[np.ix_(~observed, ~observed)]
        left = rest - gain @ covariance[np.ix_(observed, ~observed)]
        variances.append(np.repeat(np.diag(left)[:, None], values.shape[1], axis=1))
    weights = np.exp(np.array(logs) - np.max(logs, axis=0))
    weights = (weights / weights.sum(axis=0))[:, None]
    mean = np.sum(weights * means, axis=0)
    square = np.sum(weights * (np.array(variances) + np.square(means)), axis=0)
    return mean, np.sqrt(square - mean**2)


def drawn(mixture, rng, pixels):
    parts = [
        rng.multivariate_normal(mean, covariance, round(share * pixels))
        for share, mean, covariance in whole(mixture)
    ]
    return np.concatenate(parts).T


@pytest.mark.parametrize("kept", [1, 2, 4, 7, 8])
def test_it_is_the_conditional_of_the_mixture_over_all_bands(mixture, rng, kept):
    observed = np.isin(np.arange(BANDS), rng.permutation(BANDS)[:kept])
    values = drawn(mixture, rng, 60)[observed]
    answer = mixture.given(observed).answer(values)
    mean, std = exact(mixture, observed, values)
    # Components that are less likely than 1e-4 are left out.
    np.testing.assert_allclose(answer.mean, mean, atol=2e-3)
    np.testing.assert_allclose(answer.std, std, atol=2e-2)
    assert np.median(np.abs(answer.mean - mean)) < 1e-5


@pytest.mark.parametrize("kept", [2, 7])
def test_samples_have_the_mean_and_the_spread(mixture, rng, kept):
    observed = np.arange(BANDS) < kept
    values = np.repeat(drawn(mixture, rng, 10)[observed, 3:4], 40_000, axis=1)
    given = mixture.given(observed)
    noise = rng.standard_normal((BANDS - kept, 40_000))
    draws = given.draw(values, noise, rng.standard_normal((given.further, 40_000)))
    mean, std = exact(mixture, observed, values[:, :1])
    np.testing.assert_allclose(draws.mean(axis=1), mean[:, 0], atol=0.03 * std.max())
    np.testing.assert_allclose(draws.std(axis=1), std[:, 0], rtol=0.03)


@pytest.mark.parametrize("kept", [1, 4, 8])
def test_with_one_component_it_is_the_normal_distribution(mixture, rng, kept):
    spectra = drawn(mixture, rng, 500).T
    normal = Normal.fit(spectra)
    single = NormalMixture.fit(spectra, normal, RANK, 1)
    observed = np.isin(np.arange(BANDS), rng.permutation(BANDS)[:kept])
    ours, theirs = (some.given(observed).answer(spectra.T[observed]) for some in (single, normal))
    np.testing.assert_allclose(ours.mean, theirs.mean, atol=1e-8)
    np.testing.assert_allclose(ours.std, np.broadcast_to(theirs.std, ours.std.shape), rtol=1e-6)


def test_a_spectrum_from_far_away_is_answered_with_numbers(mixture):
    observed = np.arange(BANDS) < 4
    answer = mixture.given(observed).answer(np.full((4, 1), 1e6))
    assert np.isfinite(answer.mean).all()
    assert np.isfinite(answer.std).all()


def test_spectra_of_two_kinds_are_told_apart(rng):
    """Where two kinds of spectra bend differently, which one it is says where the rest lies."""
    kind = rng.integers(0, 2, 4000)
    level = rng.uniform(0, 1, 4000)
    values = np.stack([level + kind, level, level * np.where(kind, -1, 1)], axis=1)
    values += 0.01 * rng.standard_normal(values.shape)
    normal = Normal.fit(values[:2000])
    observed, wanted = np.array([True, True, False]), values[2000:, 2]
    mixture = NormalMixture.fit(values[:2000], normal, 3, 4)
    answers = [some.given(observed).answer(values[2000:, :2].T) for some in (normal, mixture)]
    errors = [np.sqrt(np.mean((answer.mean - wanted) ** 2)) for answer in answers]
    assert errors[1] < 0.15 * errors[0]


def test_its_normal_distribution_has_the_mean_and_covariance_of_its_spectra(mixture, rng):
    """Of scores that together have mean 0 and covariance 1, as they are when they are fitted."""
    shares, means, covariances = mixture.components
    means = means - shares @ means
    whole_of_it = np.einsum("k,kij->ij", shares, covariances + means[:, :, None] * means[:, None])
    half = np.linalg.inv(np.linalg.cholesky(whole_of_it))
    settled = Components(shares, means @ half.T, half @ covariances @ half.T)
    standard = NormalMixture(mixture.loadings, mixture.rest, settled)
    spectra = drawn(standard, rng, 50_000)
    normal = standard.normal
    assert normal.normal is normal
    size = np.sqrt(np.diag(normal.covariance))
    np.testing.assert_allclose(spectra.mean(axis=1), normal.mean, atol=0.02 * size.max())
    apart = (np.cov(spectra) - normal.covariance) / np.outer(size, size)
    assert np.abs(apart).max() < 0.03


@pytest.mark.parametrize("coarse", [None, 4.0])
def test_components_are_told_apart_by_as_much_evidence_as_counts(mixture, rng, coarse):
    """Against the density of each component by itself, to a power that falls with the bands."""
    observed = np.arange(BANDS) < 5
    values = drawn(mixture, rng, 20)[observed]
    power = 1.0 if coarse is None else coarse / (coarse + 5)
    logs = np.stack([
        np.log(share) + power * multivariate_normal(
            (mixture.rest.mean + mixture.loadings @ mean)[observed],
            (mixture.rest.covariance + mixture.loadings @ spread @ mixture.loadings.T)[
                np.ix_(observed, observed)
            ],
        ).logpdf(values.T)
        for share, mean, spread in zip(*mixture.components, strict=True)
    ])  # fmt: skip
    expected = np.exp(logs - logs.max(axis=0))
    given = dataclasses.replace(mixture, coarse=coarse).given(observed)
    found = given._weights(given._seen(values))
    np.testing.assert_allclose(found, expected / expected.sum(axis=0), atol=1e-3)
