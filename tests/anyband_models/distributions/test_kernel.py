import numpy as np
import pytest

from anyband_models.distributions.kernel import ENOUGH, TRIED, Kernel, Scores
from anyband_models.distributions.some import some


def scene(rng, pixels, noise=0.01):
    """Three observed bands, and what a distribution gets wrong of two others: they bend."""
    a, b = rng.uniform(-1, 1, (2, pixels))
    known = np.stack([a, b, a - b]).T
    bent = np.stack([a * b, np.abs(a) - 0.5]).T
    return known, bent + noise * rng.standard_normal((pixels, 2))


def fitted(*parts, wrong):
    """Learned from spectra of which none is a copy."""
    return Kernel.fit(parts, wrong, np.arange(len(wrong)))


def learned(known, wrong):
    found = fitted(known, wrong=wrong)
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
    at, there = found.inputs((known,)), found.inputs((fresh,))
    solved = np.linalg.solve(covariance(found, at, at) + noise * np.eye(len(at)), wrong)
    expected = covariance(found, there, at) @ solved
    np.testing.assert_allclose(found((fresh,)), expected, atol=1e-6)


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
    spectrum = np.repeat(np.arange(110), 2)
    found = Kernel.fit((known,), wrong, spectrum)
    noise, at = noise_of(found, wrong), found.at
    left = []
    for out in range(0, len(at), 2):
        rest = np.delete(np.arange(len(at)), [out, out + 1])
        c = covariance(found, at[rest], at[rest]) + noise * np.eye(len(rest))
        told = covariance(found, at[[out]], at[rest]) @ np.linalg.solve(c, wrong[rest])
        left.append(wrong[out] - told[0])
    expected = np.sqrt(np.mean(np.square(left), axis=0) / np.mean(wrong**2, axis=0))
    np.testing.assert_allclose(found.left, expected, rtol=1e-4)
    turned = rng.permutation(220)
    other = Kernel.fit((known[turned],), wrong[turned], spectrum[turned])
    np.testing.assert_allclose(other.left, found.left, rtol=1e-6)
    noise, fresh = (np.repeat(rng.standard_normal((200, n)), 2, axis=0) for n in (2, 3))
    assert Kernel.fit((fresh,), noise, np.repeat(np.arange(200), 2)) is None


def test_where_errors_bend_little_is_left_and_it_knows_how_much(rng):
    (known, wrong), (fresh, truth) = scene(rng, 500), scene(rng, 500)
    found = learned(known, wrong)
    errors = np.sqrt(np.mean((found((fresh,)) - truth) ** 2, axis=0))
    before = np.sqrt(np.mean(truth**2, axis=0))
    assert (errors < 0.2 * before).all()
    np.testing.assert_allclose(found.left, errors / before, rtol=0.3)


def test_a_second_thing_helps_where_it_has_something_to_say(rng):
    known, wrong = scene(rng, 400)
    around = rng.standard_normal((400, 3))
    assert fitted(known, around, wrong=wrong).error > fitted(known, wrong=wrong).error
    moved = wrong + around[:, :2]
    found, deaf = fitted(known, around, wrong=moved), fitted(known, wrong=moved)
    assert found.error < 0.5
    assert deaf is None or found.error < 0.5 * deaf.error
    fresh, truth = scene(rng, 200)
    there = rng.standard_normal((200, 3))
    error = found((fresh, there)) - truth - there[:, :2]
    assert np.mean(error**2) < 0.5 * np.mean((truth + there[:, :2]) ** 2)


def test_several_things_weigh_alike(rng):
    known, wrong = scene(rng, 400)
    around = 1e3 * rng.standard_normal((400, 3))
    at = fitted(known, around, wrong=wrong + 1e-3 * around[:, :2]).at
    np.testing.assert_allclose(np.sum(at[:, :2] ** 2, axis=1).mean(), 0.5, rtol=1e-6)
    np.testing.assert_allclose(np.sum(at[:, 2:] ** 2, axis=1).mean(), 0.5, rtol=1e-6)


def test_of_noise_nothing_is_learned(rng):
    known, _ = scene(rng, 400)
    assert fitted(known, wrong=rng.standard_normal((400, 2))) is None


@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
def test_spectra_that_say_one_thing_give_numbers(rng, level):
    known, wrong = scene(rng, 200)
    constant = np.full((200, 3), level)
    assert fitted(constant, wrong=level * wrong) is None
    assert fitted(np.repeat(known[:1], 200, axis=0), wrong=level * wrong) is None
    assert fitted(level * known, wrong=np.zeros((200, 2))) is None
    right = fitted(known, wrong=wrong * [1, 0])
    assert right.left[1] == 1  # where nothing was wrong nothing is narrower
    np.testing.assert_array_equal(right((known[:4],))[:, 1], 0)
    found = fitted(constant + level * known, wrong=level * wrong)
    if level == 0:
        assert found is None
    else:
        assert np.isfinite(found((level * known[:4],))).all()
        assert np.isfinite(found.left).all()


def test_where_none_of_those_tried_is_wrong_nothing_is_learned(rng):
    known, _ = scene(rng, 2000)
    wrong = np.zeros((2000, 2))
    wrong[np.setdiff1d(np.arange(2000), some(2000, TRIED))[0]] = 1
    assert fitted(known, wrong=wrong) is None


def test_scores_are_of_mean_square_one_whatever_the_unit(rng):
    known, _ = scene(rng, 300)
    for factor in (1e-30, 1.0, 1e30):
        at = Scores.of(factor * known)(factor * known)
        np.testing.assert_allclose(np.mean(np.sum(at**2, axis=1)), 1, rtol=1e-9)
        np.testing.assert_allclose(at.mean(axis=0), 0, atol=1e-9)
