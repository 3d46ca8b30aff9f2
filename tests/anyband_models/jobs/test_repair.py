"""The work of `anyband-zoo repair`, as a script would call it."""

import numpy as np
import pytest

from anyband_models.damage.detect import detect
from anyband_models.errors import InputError, ResourceError, UsageError
from anyband_models.jobs import repair as job
from anyband_models.jobs.repair import find_damage, plan_rows, run_repair
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.plan import make_plan
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

LINEAR = RepairConfig(model="linear")


@pytest.fixture
def scene():
    stored = np.linspace(0.1, 0.9, 96, dtype="<f4").reshape(6, 4, 4)
    stored[2] = np.nan
    meta = SceneMeta(scale=(1.0,) * 6, offset=(0.0,) * 6, band_names=tuple("abcdef"))
    return make_scene(stored, meta, np.array([500.0, 520, 700, 900, 920, 940]))


def test_damage_is_the_files_and_the_users(scene, tmp_path):
    mask = np.zeros((4, 4), bool)
    mask[0, 0] = True
    np.savez(tmp_path / "mask.npz", mask=mask)
    damage = find_damage(scene, "1,e", tmp_path / "mask.npz")
    assert damage.empty_bands == (0, 2, 4)
    assert damage.missing[:, 0, 0].all()
    assert damage.missing.sum() == 3 * 16 + 3


def test_a_scene_made_in_memory_is_repaired_into_files(scene, tmp_path):
    result = run_repair(scene, detect(scene), LINEAR, tmp_path / "full.tif", tmp_path / "page.html")
    assert result.exit_code == 0
    assert sorted(result.files) == sorted(tmp_path.iterdir())
    assert result.files[-1] == tmp_path / "page.html"
    assert result.notes == ("16 entries lie in a long gap; the caution layer marks them 2",)
    assert dict(result.rows())["repaired band entries"] == "16"
    assert result.summary["files"] == [str(path) for path in result.files]


def test_refused_entries_end_with_six(scene, tmp_path):
    config = RepairConfig(model="linear", max_gap_nm=100)
    result = run_repair(scene, detect(scene), config, tmp_path / "full.tif")
    assert result.exit_code == 6
    assert result.notes == ("16 entries were refused; the provenance layer marks them 3",)


@pytest.mark.parametrize(
    ("output", "error", "words"),
    [
        ("full.png", UsageError, "names no format"),
        ("nowhere/full.tif", InputError, "does not exist"),
        ("there.tif", UsageError, "--overwrite"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(
    scene, tmp_path, monkeypatch, output, error, words
):
    (tmp_path / "there.tif").write_text("old")
    monkeypatch.setattr(job, "repair_scene", lambda *_: pytest.fail("work was done"))
    with pytest.raises(error, match=words):
        run_repair(scene, detect(scene), LINEAR, tmp_path / output)


def test_too_little_memory_is_refused_before_any_work(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(job, "available_memory", lambda: 1000)
    with pytest.raises(ResourceError, match=r"needs about .* GB of memory .* cut the scene"):
        run_repair(scene, detect(scene), LINEAR, tmp_path / "full.tif")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_in_rows(scene):
    rows = plan_rows(make_plan(scene, detect(scene), LINEAR))
    assert ("damage", "no data: band 3 (16 entries)") in rows
    assert ("bands missing everywhere", "3") in rows
    assert ("entries to fill", "16") in rows
    assert ("values", "reflectance = stored x 1 + 0") in rows
