import numpy as np
import pytest

from anyband_models.distributions.kernel import Kernelled, Scores
from anyband_models.distributions.normal import Normal

PATTERN = np.array([True, True, True, False, False])
PATTERNS = frozenset([PATTERN.tobytes()])


def scene(rng, pixels, noise=0.01):
    """Two bands that bend with what is observed, as no normal distribution can."""
    a, b = rng.uniform(-1, 1, (2, pixels))
    known = np.stack([a, b, a - b])
    bent = np.stack([a * b, np.abs(a) - 0.3 * b])
    return np.concatenate([known, bent]).T + noise * rng.standard_normal((pixels, 5))


def mended(spectra, patterns=PATTERNS):
    return Kernelled(Normal.fit(spectra), spectra, patterns)


def test_it_is_the_posterior_mean_of_a_gaussian_process(rng):
    spectra, fresh = scene(rng, 150), scene(rng, 40).T
    kernelled = mended(spectra)
    assert kernelled.normal is kernelled.inner
    found = kernelled.given(PATTERN)
    inner = kernelled.inner.given(PATTERN)
    wrong = spectra[:, ~PATTERN].T - inner.answer(spectra[:, PATTERN].T).mean
    at, there = found.scores(spectra[:, PATTERN]), found.scores(fresh[PATTERN].T)

    def kernel(here, others):
        apart = np.linalg.norm(here[:, None] - others[None], axis=2)
        return np.exp(-apart / found.reach)

    # Of its noise the weights tell: k(S, S) w + noise w = wrong.
    left = wrong.T - kernel(at, at) @ found.weights
    noise = np.median(left / found.weights)
    assert min(abs(noise / each - 1) for each in (1e-3, 1e-2, 1e-1, 1.0)) < 1e-4
    solved = np.linalg.solve(kernel(at, at) + noise * np.eye(len(at)), wrong.T)
    expected = inner.answer(fresh[PATTERN]).mean + (kernel(there, at) @ solved).T
    np.testing.assert_allclose(found.answer(fresh[PATTERN]).mean, expected, atol=1e-6)


def test_what_is_left_is_the_error_of_each_spectrum_told_by_all_others(rng):
    spectra = scene(rng, 60)
    found = mended(spectra).given(PATTERN)
    inner = found.inner
    wrong = spectra[:, ~PATTERN] - inner.answer(spectra[:, PATTERN].T).mean.T
    at = found.scores(spectra[:, PATTERN])
    kernel = np.exp(-np.linalg.norm(at[:, None] - at[None], axis=2) / found.reach)
    noise = np.median((wrong - kernel @ found.weights) / found.weights)
    alone = []
    for out in range(len(at)):
        rest = np.delete(np.arange(len(at)), out)
        c = kernel[np.ix_(rest, rest)] + noise * np.eye(len(rest))
        alone.append(wrong[out] - kernel[out, rest] @ np.linalg.solve(c, wrong[rest]))
    expected = np.sqrt(np.mean(np.square(alone), axis=0) / np.mean(wrong**2, axis=0))
    np.testing.assert_allclose(found.left, np.minimum(expected, 1), rtol=1e-4)


def test_where_spectra_bend_it_is_better_by_far_and_knows_it(rng):
    spectra, fresh = scene(rng, 500), scene(rng, 500).T
    found = mended(spectra).given(PATTERN)
    ours, theirs = (each.answer(fresh[PATTERN]) for each in (found, found.inner))
    errors = [np.sqrt(np.mean((each.mean - fresh[~PATTERN]) ** 2)) for each in (ours, theirs)]
    assert errors[0] < 0.2 * errors[1]
    inside = np.abs(ours.mean - fresh[~PATTERN]) < 1.6449 * ours.std
    assert 0.85 < inside.mean() < 0.97


def test_draws_have_the_mean_and_the_spread(rng):
    found = mended(scene(rng, 200)).given(PATTERN)
    values = np.repeat(scene(rng, 1).T[PATTERN], 20_000, axis=1)
    none = np.empty((found.further, 20_000))
    draws = found.draw(values, rng.standard_normal((2, 20_000)), none)
    mean, std = found.answer(values[:, :1])
    np.testing.assert_allclose(draws.mean(axis=1), mean[:, 0], atol=0.03 * std.max())
    np.testing.assert_allclose(draws.std(axis=1), std[:, 0], rtol=0.03)


def test_what_is_noise_and_patterns_that_are_rare_are_left_alone(rng):
    straight = rng.multivariate_normal(np.zeros(5), np.eye(5) + 1, 400)
    bent = scene(rng, 200)
    for kernelled in (mended(straight), mended(bent, frozenset())):
        values = rng.standard_normal((3, 7))
        ours, theirs = (each.given(PATTERN).answer(values) for each in (kernelled, kernelled.inner))
        np.testing.assert_array_equal(ours.mean, theirs.mean)
        np.testing.assert_array_equal(ours.std, theirs.std)


@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
def test_spectra_that_say_one_thing_give_numbers(rng, level):
    constant = np.full((200, 5), level)
    some = constant * np.concatenate([np.ones((200, 3)), 1 + rng.random((200, 2))], axis=1)
    for spectra in (
        constant,
        some,
        np.repeat(some[:1], 200, axis=0),
        some + level * scene(rng, 200),
    ):
        found = mended(spectra).given(PATTERN)
        mean, std = found.answer(spectra[:4, PATTERN].T)
        assert np.isfinite(mean).all()
        assert np.isfinite(std).all()


def test_scores_are_of_mean_square_one_whatever_the_unit(rng):
    known = scene(rng, 300)[:, :3]
    for factor in (1e-30, 1.0, 1e30):
        at = Scores.of(factor * known)(factor * known)
        np.testing.assert_allclose(np.mean(np.sum(at**2, axis=1)), 1, rtol=1e-9)
        np.testing.assert_allclose(at.mean(axis=0), 0, atol=1e-9)
