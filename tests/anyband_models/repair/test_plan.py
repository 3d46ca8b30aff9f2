"""A plan says what a repair then does."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.damage.detect import detect
from anyband_models.errors import InputError
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.pipeline import repair_scene
from anyband_models.repair.plan import describe, make_plan, runs
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


def scene_of(stored):
    bands = len(stored)
    meta = SceneMeta(
        path="x.tif", dtype=stored.dtype.str, scale=(1e-4,) * bands, offset=(0.1,) * bands
    )
    return make_scene(stored, meta, 500.0 + 10.0 * np.arange(bands))


@pytest.fixture
def scene():
    stored = np.random.default_rng(0).random((8, 20, 30)).astype("<f4")
    stored[2] = 0
    stored[5, :10] = np.nan
    stored[:, 3, 4] = np.nan
    return scene_of(stored)


def test_its_numbers_are_those_of_the_repair(scene):
    damage = detect(scene)
    plan, outcome = make_plan(scene, damage, RepairConfig()), repair_scene(scene)
    counts = outcome.counts
    assert plan.missing_bands == (3,)
    assert plan.missing_entries == counts["repaired_band"] + counts["repaired_pixel"]
    assert plan.nodata_pixels * 8 == counts["no_data"]
    assert plan.complete_pixels == 10 * 30  # those with the sixth band
    assert (plan.bands, plan.rows, plan.columns) == (8, 20, 30)
    assert (plan.scale, plan.offset, plan.dtype) == (1e-4, 0.1, "<f4")
    assert plan.wavelength_nm == (500.0, 570.0)
    assert plan.seconds > 0


def test_a_sample_without_a_valid_pixel_is_no_obstacle():
    stored = np.full((3, 100, 200), np.nan, "<f4")
    stored[:2, 7, 13] = 0.5, 0.6
    scene = scene_of(stored)
    for model in ("linear", "gaussian"):
        plan = make_plan(scene, detect(scene), RepairConfig(model=model))
        assert plan.missing_entries == 1
        assert plan.nodata_pixels == 100 * 200 - 1


def test_a_scene_without_a_value_has_no_plan():
    scene = scene_of(np.full((3, 2, 2), np.nan, "<f4"))
    with pytest.raises(InputError, match="no usable value"):
        make_plan(scene, detect(scene), RepairConfig())


def test_findings_in_words(scene):
    assert describe(detect(scene)) == [
        "no data: bands 1-8 (307 entries)",
        "zero in every pixel: band 3 (599 entries)",
    ]


@given(st.sets(st.integers(0, 40), min_size=1))
def test_runs_name_every_number_once(numbers):
    text = runs(sorted(numbers))
    spans = [[int(end) for end in run.split("-")] for run in text.split(", ")]
    assert [n for span in spans for n in range(span[0], span[-1] + 1)] == sorted(numbers)
    assert all(later[0] - earlier[-1] > 1 for earlier, later in pairwise(spans))


def test_no_numbers_are_no_runs():
    assert runs([]) == ""
