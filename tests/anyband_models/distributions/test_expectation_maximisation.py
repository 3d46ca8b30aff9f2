"""Components of a mixture."""

import numpy as np
import pytest

from anyband_models.distributions.expectation_maximisation import Components, fit_components


def test_components_far_apart_are_found(rng):
    means = np.array([[-3.0, 0.0], [3.0, 1.0], [0.0, 4.0]])
    roots = np.array([[[0.5, 0], [0.2, 0.3]], [[0.3, 0], [0, 0.6]], [[0.4, 0], [-0.3, 0.4]]])
    counts = [600, 300, 900]
    parts = zip(means, roots, counts, strict=True)
    scores = np.concatenate([m + rng.standard_normal((n, 2)) @ r.T for m, r, n in parts])
    found = fit_components(scores, 3, seed=0)
    order = [int(np.argmin(np.sum((found.means - mean) ** 2, axis=1))) for mean in means]
    assert sorted(order) == [0, 1, 2]
    np.testing.assert_allclose(found.means[order], means, atol=0.1)
    np.testing.assert_allclose(found.covariances[order], roots @ roots.mT, atol=0.06)
    np.testing.assert_allclose(found.shares[order], np.array(counts) / 1800, atol=0.01)


def test_one_component_is_the_standard_normal(rng):
    found = fit_components(rng.standard_normal((50, 3)), 1, seed=0)
    assert [part.tolist() for part in found] == [[1.0], [[0.0] * 3], [np.eye(3).tolist()]]


@pytest.mark.parametrize("distinct", [1, 2])
def test_more_components_than_spectra_are_numbers_all_the_same(distinct):
    scores = np.repeat(np.arange(2.0 * distinct).reshape(distinct, 2), 20, axis=0)
    found = fit_components(scores, 5, seed=0)
    assert all(np.isfinite(part).all() for part in found)
    assert np.linalg.eigvalsh(found.covariances).min() > 0
    assert found.shares.sum() == pytest.approx(1)


def test_the_same_seed_finds_the_same(rng):
    scores = rng.standard_normal((300, 4))
    first, again, other = (fit_components(scores, 3, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first.means, other.means)


def test_what_something_else_accounts_for_is_taken_away_and_no_more():
    whole = Components(np.ones(1), np.zeros((1, 2)), np.diag([1.0, 1e-5])[None])
    np.testing.assert_allclose(whole.sharpened(1e-4).covariances[0], np.diag([1 - 1e-4, 5e-5]))
