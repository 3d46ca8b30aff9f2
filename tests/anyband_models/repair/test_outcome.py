"""The last check before anything is written."""

from dataclasses import replace

import numpy as np
import pytest

from anyband_models.errors import QualityError
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.pipeline import repair_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


@pytest.fixture(params=["<f4", ">i2", "<u2", ">f8"])
def outcome(request):
    stored = np.arange(1, 25).reshape(4, 2, 3).astype(request.param)
    stored[1, 0, 0] = 0
    meta = SceneMeta(dtype=request.param, scale=(1.0,) * 4, offset=(0.0,) * 4, nodata=0)
    scene = make_scene(stored, meta, 500.0 + np.arange(4) * 10)
    return repair_scene(scene, RepairConfig(model="linear"))


def test_a_changed_measurement_is_a_fault(outcome):
    stored = outcome.stored.copy()
    stored.reshape(-1)[-1] += 1
    with pytest.raises(QualityError, match="1 measured values would not have left as they came"):
        replace(outcome, stored=stored).checked()


def test_a_changed_sign_of_zero_is_seen():
    stored = np.array([[[0, 1]], [[2, 3]], [[4, np.nan]]], "<f4")
    meta = SceneMeta(scale=(1.0,) * 3, offset=(0.0,) * 3)
    outcome = repair_scene(make_scene(stored, meta, np.array([500.0, 510, 520])))
    changed = outcome.stored.copy()
    changed[0, 0, 0] = -0.0
    with pytest.raises(QualityError, match="1 measured"):
        replace(outcome, stored=changed).checked()


def test_a_repaired_entry_may_change(outcome):
    stored = outcome.stored.copy()
    stored[1, 0, 0] += 1
    assert replace(outcome, stored=stored).checked().stored is stored


def test_counts_add_up(outcome):
    counts = outcome.counts
    origins = ("measured", "repaired_band", "repaired_pixel", "refused", "no_data")
    assert sum(counts[name] for name in origins) == outcome.stored.size
    assert counts["repaired_pixel"] == 1
