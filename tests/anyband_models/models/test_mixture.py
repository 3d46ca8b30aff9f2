"""The mixture in the zoo."""

import numpy as np
import pytest

from anyband_models.models.contract import Caution, Observation
from anyband_models.models.registry import create_model
from physops.bands import Bands

BANDS = 14


def scene(rng, pixels):
    """Soils and plants: straight lines of any level; steps of any height, and red is absorbed."""
    nm = np.linspace(450, 1000, BANDS)
    plant = rng.random(pixels) < 0.5
    level, step = rng.uniform(0.1, 0.4, (2, pixels))
    values = level + 0.3 * level * (nm[:, None] - 450) / 550
    values += np.where(plant, step / (1 + np.exp(-(nm[:, None] - 720) / 20)), 0)
    values[(nm > 600) & (nm < 700)] *= np.where(plant, 0.4, 1)
    return values + 0.003 * rng.standard_normal(values.shape)


def observation(values, mask, support=None):
    shape = (BANDS, 1, values.shape[1])
    return Observation(
        values.reshape(shape).astype(np.float32),
        mask.reshape(shape),
        Bands.at(np.linspace(450, 1000, BANDS)),
        support,
    )


def repaired(name, seen, samples=0, **settings):
    return create_model(name, **settings).reconstruct(seen, samples, seed=3)


@pytest.fixture
def seen(rng):
    """1000 pixels with three bands, and 2000 complete ones: (observation, truth)."""
    values, support = scene(rng, 1000), scene(rng, 2000).T.astype(np.float32)
    mask = np.zeros(values.shape, dtype=bool)
    mask[[1, 8, 12]] = True
    return observation(values, mask, support), values


def test_spectra_of_several_kinds_are_repaired_better_than_by_one_gaussian(seen):
    known, truth = seen
    missing = ~known.mask[:, 0]
    errors = {
        name: np.sqrt(np.mean((repaired(name, known).mean[:, 0] - truth)[missing] ** 2))
        for name in ("gaussian", "mixture")
    }
    assert errors["mixture"] < 0.7 * errors["gaussian"]


def test_its_intervals_hold_nine_tenths(seen):
    known, truth = seen
    result = repaired("mixture", known)
    missing = ~known.mask[:, 0]
    inside = np.abs(result.mean[:, 0] - truth) < 1.6449 * result.std[:, 0]
    assert 0.87 < inside[missing].mean() < 0.93


def test_its_samples_have_the_mean_and_the_spread(seen):
    known, _ = seen
    result = repaired("mixture", known, samples=200)
    missing = ~known.mask
    draws = result.samples[:, missing]
    apart = (draws.mean(axis=0) - result.mean[missing]) / result.std[missing]
    assert np.abs(apart).mean() < 0.1
    ratio = draws.std(axis=0) / result.std[missing]
    assert 0.97 < ratio.mean() < 1.03
    again = repaired("mixture", known, samples=2).samples
    np.testing.assert_array_equal(again, result.samples[:2])


@pytest.mark.parametrize("complete", [10, 60, 199])
def test_with_few_complete_pixels_it_is_the_gaussian(rng, complete):
    values = scene(rng, 40)
    mask = rng.random(values.shape) < 0.5
    known = observation(values, mask, scene(rng, complete).T.astype(np.float32))
    ours, theirs = (repaired(name, known) for name in ("mixture", "gaussian"))
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-5)
    np.testing.assert_allclose(ours.std, theirs.std, rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal(ours.caution, theirs.caution)
    assert [note.replace("mixture", "gaussian") for note in ours.notes] == list(theirs.notes)


def test_support_that_says_one_thing_over_and_over_gives_numbers(rng):
    values = scene(rng, 20)
    mask = np.arange(BANDS)[:, None] % 3 > np.zeros(20)
    for support in (np.repeat(values[:, :1], 400, axis=1), np.full((BANDS, 400), 0.2)):
        result = repaired("mixture", observation(values, mask, support.T.astype(np.float32)), 1)
        for layer in (result.mean, result.std, result.samples):
            assert np.isfinite(layer).all()
        assert not (result.caution & Caution.FALLBACK).any()
