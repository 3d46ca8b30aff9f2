import numpy as np
import pytest

from anyband_models.distributions.kernel import ENOUGH, Kernel, Scores


def scene(rng, pixels, noise=0.01):
    """Three observed bands, and what a distribution gets wrong of two others: they bend."""
    a, b = rng.uniform(-1, 1, (2, pixels))
    known = np.stack([a, b, a - b]).T
    bent = np.stack([a * b, np.abs(a) - 0.5]).T
    return known, bent + noise * rng.standard_normal((pixels, 2))


def alone(known):
    """No neighbours."""
    return np.zeros_like(known)


def learned(known, wrong):
    found = Kernel.fit(known, alone(known), wrong)
    assert found is not None
    return found


def covariance(found, here, others):
    apart = np.linalg.norm(here[:, None] - others[None], axis=2)
    return np.exp(-apart / found.reach)


def noise_of(found, wrong):
    """The weights tell: k(S, S) w + noise w = wrong."""
    return np.median(
        (wrong - covariance(found, found.at, found.at) @ found.weights) / found.weights
    )


def test_it_is_the_posterior_mean_of_a_gaussian_process(rng):
    (known, wrong), (fresh, _) = scene(rng, 150), scene(rng, 40)
    found = learned(known, wrong)
    noise = noise_of(found, wrong)
    assert min(abs(noise / each - 1) for each in (1e-3, 1e-2, 1e-1, 1.0)) < 1e-4
    at, there = found.inputs.own(known), found.inputs.own(fresh)
    solved = np.linalg.solve(covariance(found, at, at) + noise * np.eye(len(at)), wrong)
    expected = covariance(found, there, at) @ solved
    np.testing.assert_allclose(found(fresh, alone(fresh)), expected, atol=1e-6)


@pytest.mark.parametrize("pixels", [60, 210])
def test_what_is_left_is_the_error_of_each_spectrum_told_by_all_others(rng, pixels):
    known, wrong = scene(rng, pixels)
    found = learned(known, wrong)
    noise, at = noise_of(found, wrong), found.at
    left = []
    for out in range(len(at)):
        rest = np.delete(np.arange(len(at)), out)
        c = covariance(found, at[rest], at[rest]) + noise * np.eye(len(rest))
        told = covariance(found, at[[out]], at[rest]) @ np.linalg.solve(c, wrong[rest])
        left.append(wrong[out] - told[0])
    expected = np.sqrt(np.mean(np.square(left), axis=0) / np.mean(wrong**2, axis=0))
    believed = pixels / ENOUGH if pixels < ENOUGH else 1
    np.testing.assert_allclose(found.left, np.minimum(expected, 1) ** believed, rtol=1e-4)


def test_a_copy_does_not_tell_what_it_is_a_copy_of(rng):
    known, wrong = (np.repeat(each, 2, axis=0) for each in scene(rng, 110, noise=0.1))
    found = learned(known, wrong)
    noise, at = noise_of(found, wrong), found.at
    left = []
    for out in range(0, len(at), 2):
        rest = np.delete(np.arange(len(at)), [out, out + 1])
        c = covariance(found, at[rest], at[rest]) + noise * np.eye(len(rest))
        told = covariance(found, at[[out]], at[rest]) @ np.linalg.solve(c, wrong[rest])
        left.append(wrong[out] - told[0])
    expected = np.sqrt(np.mean(np.square(left), axis=0) / np.mean(wrong**2, axis=0))
    np.testing.assert_allclose(found.left, expected, rtol=1e-4)
    noise = np.repeat(rng.standard_normal((200, 2)), 2, axis=0)
    fresh = np.repeat(rng.standard_normal((200, 3)), 2, axis=0)
    assert Kernel.fit(fresh, alone(fresh), noise) is None


def test_where_errors_bend_little_is_left_and_it_knows_how_much(rng):
    (known, wrong), (fresh, truth) = scene(rng, 500), scene(rng, 500)
    found = learned(known, wrong)
    errors = np.sqrt(np.mean((found(fresh, alone(fresh)) - truth) ** 2, axis=0))
    before = np.sqrt(np.mean(truth**2, axis=0))
    assert (errors < 0.2 * before).all()
    np.testing.assert_allclose(found.left, errors / before, rtol=0.3)


def test_neighbours_are_asked_where_they_have_something_to_say(rng):
    known, wrong = scene(rng, 400)
    around = rng.standard_normal((400, 3))
    assert Kernel.fit(known, around, wrong).inputs.beside is None
    moved = wrong + around[:, :2]
    found = Kernel.fit(known, around, moved)
    assert found.inputs.beside is not None
    deaf = Kernel.fit(known, alone(known), moved)
    assert (found.left < 0.7 * (1 if deaf is None else deaf.left)).all()
    fresh, truth = scene(rng, 200)
    there = rng.standard_normal((200, 3))
    error = found(fresh, there) - truth - there[:, :2]
    assert np.mean(error**2) < 0.5 * np.mean((truth + there[:, :2]) ** 2)


def test_both_inputs_weigh_alike(rng):
    known, wrong = scene(rng, 400)
    around = 1e3 * rng.standard_normal((400, 3))
    at = Kernel.fit(known, around, wrong + 1e-3 * around[:, :2]).at
    np.testing.assert_allclose(np.sum(at[:, :2] ** 2, axis=1).mean(), 0.5, rtol=1e-6)
    np.testing.assert_allclose(np.sum(at[:, 2:] ** 2, axis=1).mean(), 0.5, rtol=1e-6)


def test_of_noise_nothing_is_learned(rng):
    known, _ = scene(rng, 400)
    assert Kernel.fit(known, alone(known), rng.standard_normal((400, 2))) is None


@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
def test_spectra_that_say_one_thing_give_numbers(rng, level):
    known, wrong = scene(rng, 200)
    constant = np.full((200, 3), level)
    assert Kernel.fit(constant, alone(known), level * wrong) is None
    assert Kernel.fit(np.repeat(known[:1], 200, axis=0), alone(known), level * wrong) is None
    assert Kernel.fit(level * known, alone(known), np.zeros((200, 2))) is None
    right = Kernel.fit(known, alone(known), wrong * [1, 0])
    assert right.left[1] == 1  # where nothing was wrong nothing is narrower
    np.testing.assert_array_equal(right(known[:4], known[:4])[:, 1], 0)
    found = Kernel.fit(constant + level * known, level * known[::-1], level * wrong)
    if level == 0:
        assert found is None
    else:
        assert np.isfinite(found(level * known[:4], level * known[:4])).all()
        assert np.isfinite(found.left).all()


def test_scores_are_of_mean_square_one_whatever_the_unit(rng):
    known, _ = scene(rng, 300)
    for factor in (1e-30, 1.0, 1e30):
        at = Scores.of(factor * known)(factor * known)
        np.testing.assert_allclose(np.mean(np.sum(at**2, axis=1)), 1, rtol=1e-9)
        np.testing.assert_allclose(at.mean(axis=0), 0, atol=1e-9)
