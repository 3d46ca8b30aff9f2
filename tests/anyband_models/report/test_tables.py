"""The tables of a page say what the repair did."""

import numpy as np
import pytest

from anyband_models.evaluation.scores import Scores
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.pipeline import repair_scene
from anyband_models.report.tables import (
    SCORE_ROWS,
    damage_table,
    facts,
    hash_table,
    index_table,
    score_table,
    settings_table,
    version_table,
)
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


def repaired(wavelength=(560.0, 665.0, 842.0, 900.0), **settings):
    bands = len(wavelength)
    stored = np.linspace(0.1, 0.9, bands * 12, dtype="<f4").reshape(bands, 3, 4)
    stored[1, 0] = np.nan
    meta = SceneMeta(scale=(1.0,) * bands, offset=(0.0,) * bands)
    scene = make_scene(stored, meta, np.array(wavelength))
    return repair_scene(scene, RepairConfig(model="linear", **settings))


def rows_of(table):
    assert all(len(row) == len(table.columns) for row in table.rows)
    return {row[0]: row[1:] for row in table.rows}


def test_every_score_has_a_row():
    assert {field for _, field, _, _ in SCORE_ROWS} == set(Scores.model_fields)


def test_the_better_score_is_named_by_its_own_direction():
    ours = Scores(psnr_missing=30, rmse_missing=0.1, ssim=0.9, sam=0.2, psnr_whole=float("inf"))
    line = Scores(psnr_missing=20, rmse_missing=0.2, ssim=0.9, sam=0.1)
    rows = rows_of(score_table("gaussian", ours, line, peak=2))
    assert rows["PSNR, missing entries [dB]"] == ("30.00", "20.00", "gaussian")
    assert rows["RMSE, missing entries"][-1] == "gaussian"
    assert rows["SSIM"][-1] == "equal"
    assert rows["SAM [rad]"][-1] == "linear"
    assert rows["PSNR, whole cube [dB]"] == ("inf", "not lost", "")
    assert rows["ERGAS"] == ("not lost", "not lost", "")


def test_the_index_is_counted_before_and_after():
    rows = rows_of(index_table(repaired()))
    before, after = rows["NDVI"][:3], rows["NDVI"][3:]
    assert (before[0], after[0]) == ("8", "12")
    red, near = np.linspace(0.1, 0.9, 48).reshape(4, 3, 4)[1:3]
    ndvi = ((near - red) / (near + red))[1:]
    assert before[1:] == (f"{ndvi.mean():.4f}", f"{ndvi.std():.4f}")


def test_a_scene_without_an_indexs_bands_says_so():
    rows = rows_of(index_table(repaired((1000.0, 1100.0, 1200.0))))
    assert rows["NDVI"] == ("no such bands", "-", "-") * 2


def test_settings_hold_what_decided():
    plain = rows_of(settings_table(repaired(seed=3)))
    assert (plain["model"], plain["seed"]) == (("linear",), ("3",))
    assert "largest gap [nm]" not in plain
    assert rows_of(settings_table(repaired(max_gap_nm=50)))["largest gap [nm]"] == ("50",)


def test_damage_and_what_came_of_it():
    rows = rows_of(damage_table(repaired()))
    assert rows["no data"] == ("band 2 (4 entries)",)
    assert rows["result: repaired pixel"] == ("4 entries",)
    assert rows["result: measured"] == ("44 entries",)


def test_versions_and_hashes():
    assert rows_of(version_table())["numpy"] == (np.__version__,)
    assert rows_of(hash_table({"a.tif": "00ff"})) == {"a.tif": ("00ff",)}


@pytest.mark.parametrize("number", range(4))
def test_facts_are_four_tables_with_rows(number):
    assert rows_of(facts(repaired())[number])
