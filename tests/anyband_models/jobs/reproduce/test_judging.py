import numpy as np
import pytest

from anyband_models.evaluation.evaluate import Region
from anyband_models.jobs.reproduce.judging import mean_verdict, verdict
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


def region_of(values):
    bands = len(values)
    meta = SceneMeta(scale=(1.0,) * bands, offset=(0.0,) * bands, scale_declared=True)
    scene = make_scene(values.astype(np.float32), meta, np.linspace(400, 900, bands))
    return Region(scene, "left")


def test_both_conventions_follow_from_one_error():
    values = np.random.default_rng(0).uniform(0.2, 0.6, (4, 12, 24))
    values[0, 0, 0], values[0, 0, 1] = 0.0, 1.0  # the left half has a wider range
    region = region_of(values)
    missing = np.zeros(region.truth.shape, dtype=bool)
    missing[2] = True
    estimate = region.truth.copy()
    estimate[2] += 0.1
    found = verdict(region, estimate, missing)
    span = float(np.ptp(region.truth))
    assert found.rmse == pytest.approx(0.1, rel=1e-5)
    assert found.psnr == pytest.approx(20.0, abs=1e-3)  # peak 1, the scene's range
    assert found.paper_rmse == pytest.approx(0.1 / span / 2, rel=1e-4)  # one band of four
    assert found.paper_psnr == pytest.approx(20 * np.log10(2 * span / 0.1), abs=1e-3)
    assert 0 < found.paper_ssim < 1
    assert found.paper_sam > 0


def test_an_estimate_is_judged_as_it_stands():
    """What an estimate does to observed entries counts in the whole, not in the missing ones."""
    region = region_of(np.random.default_rng(1).uniform(0.2, 0.6, (3, 12, 24)))
    missing = np.zeros(region.truth.shape, dtype=bool)
    missing[0] = True
    estimate = region.truth.copy()
    estimate[1] += 0.05
    found = verdict(region, estimate, missing)
    assert found.psnr == np.inf
    assert found.paper_psnr < 40
    assert mean_verdict([found, found]) == found
