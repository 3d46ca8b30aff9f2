"""The demo's damage, and what it proves."""

import numpy as np
import pytest

from anyband_models.evaluation.demo import FAILING_NM, NO_DATA, damaged, failure, run_demo
from anyband_models.repair.config import RepairConfig
from anyband_models.scene.examples import indian_pines


@pytest.fixture(scope="module")
def sound():
    return indian_pines()


@pytest.fixture(scope="module")
def removed(sound):
    return failure(sound, seed=0)


def test_the_bands_from_red_to_near_infrared_die_half_way(sound, removed):
    within = (sound.wavelength >= FAILING_NM[0]) & (sound.wavelength <= FAILING_NM[1])
    middle = sound.stored.shape[1] // 2
    assert removed[within, middle:].all()
    dead_before = removed[:, :middle].all(axis=(1, 2))
    assert not dead_before.any()
    dead_after = removed[:, middle:].all(axis=(1, 2))
    assert 0.3 < dead_after.mean() < 0.5


def test_stripes_run_through_the_whole_scene(removed):
    middle = removed.shape[1] // 2
    striped = removed[:, 0]
    np.testing.assert_array_equal(removed[:, :middle], np.repeat(striped[:, None], middle, axis=1))
    assert 0.01 < striped.mean() < 0.03


def test_the_same_seed_is_the_same_damage(sound, removed):
    np.testing.assert_array_equal(failure(sound, seed=0), removed)
    assert (failure(sound, seed=1) != removed).any()


def test_no_data_is_free_in_the_scene(sound, removed):
    scene = damaged(sound, removed)
    np.testing.assert_array_equal(scene.stored == NO_DATA, removed)
    np.testing.assert_array_equal(scene.stored[~removed], sound.stored[~removed])


@pytest.mark.slow
def test_any_seed_is_repaired_better_than_by_a_line():
    for seed in (1, 2):
        demo = run_demo(RepairConfig(seed=seed))
        assert demo.scores.psnr_missing > demo.linear.psnr_missing + 3
