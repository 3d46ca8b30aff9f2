"""`anyband-zoo repair` from a file to files."""

import json

import numpy as np
import pytest

from anyband_models.models.contract import Origin
from anyband_models.scene.formats import read_scene


def bits(stored):
    return stored.view(f"u{stored.dtype.itemsize}")


@pytest.mark.parametrize("source", ["scene.tif", "scene.hdr"])
@pytest.mark.parametrize("target", ["full.tif", "full.hdr"])
@pytest.mark.parametrize("dtype", ["<i2", "<u2", "<f4", "<f8"])
def test_measured_values_and_the_description_come_back(
    anyband, save, scene, tmp_path, source, target, dtype
):
    nodata = 9 if dtype == "<u2" else -32768
    path = save(scene(dtype=dtype, dead=[2, 3], nodata=nodata), source)
    assert anyband("repair", path, "-o", tmp_path / target, "--model", "linear").code == 0
    before, after = read_scene(path), read_scene(tmp_path / target)
    kept = [0, 1, 4, 5, 6, 7]
    np.testing.assert_array_equal(bits(after.stored)[kept], bits(before.stored)[kept])
    assert np.isfinite(after.values).all()
    np.testing.assert_array_equal(after.wavelength, before.wavelength)
    np.testing.assert_array_equal(after.fwhm, before.fwhm)
    for field in ("dtype", "scale", "offset", "scale_declared", "nodata", "quantity", "band_names"):
        assert getattr(after.meta, field) == getattr(before.meta, field), field


def test_a_scene_without_damage_leaves_as_it_came(anyband, save, scene, tmp_path):
    path = save(scene())
    ended = anyband("repair", path, "-o", tmp_path / "full.tif")
    assert (ended.code, ended.err) == (0, "")
    before, after = read_scene(path), read_scene(tmp_path / "full.tif")
    np.testing.assert_array_equal(after.stored, before.stored)
    assert (read_scene(tmp_path / "full.provenance.tif").stored == Origin.MEASURED).all()


def test_no_data_that_are_no_number_are_repaired(anyband, save, scene, tmp_path):
    """JSON knows no NaN, which the manifest would have to name."""
    given = scene(dtype="<f4", nodata=np.nan, scale=(1e-4,) * 8, dead=[3])
    ended = anyband("repair", save(given), "-o", tmp_path / "full.tif", "--model", "linear")
    assert (ended.code, ended.err) == (0, "")
    assert np.isfinite(read_scene(tmp_path / "full.tif").stored).all()
    assert json.loads((tmp_path / "full.tif.json").read_text())["no_data"] is None


def test_refused_parts_end_with_six(anyband, save, scene, tmp_path):
    path = save(scene(dead=[2, 3, 4]))
    ended = anyband(
        "repair",
        path,
        "-o",
        tmp_path / "full.tif",
        "--model",
        "linear",
        "--max-gap",
        "100",
        "--json",
    )  # fmt: skip
    assert ended.code == 6
    assert "126 entries were refused; the provenance layer marks them 3" in ended.err
    assert ended.json["entries"]["refused"] == 126
    before, after = read_scene(path), read_scene(tmp_path / "full.tif")
    np.testing.assert_array_equal(after.stored, before.stored)
    provenance = read_scene(tmp_path / "full.provenance.tif").stored
    assert (provenance[2:5] == Origin.REFUSED).all()
    assert (np.delete(provenance, [2, 3, 4], axis=0) == Origin.MEASURED).all()


def test_a_mask_and_a_list_of_bands_are_repaired(anyband, save, scene, tmp_path):
    path = save(scene())
    mask = np.zeros((6, 7), "u1")
    mask[0, :3] = 1
    mask = np.repeat(mask[..., None], 8, axis=2)
    mask[..., 7] = 0
    np.savez(tmp_path / "mask.npz", mask=mask)
    ended = anyband(
        "repair", path, "-o", tmp_path / "full.tif",
        "--mask", tmp_path / "mask.npz", "--bad-bands", "2,600-620nm", "--json",
    )  # fmt: skip
    assert ended.code == 0
    assert ended.json["entries"]["repaired_band"] == 2 * 42
    assert ended.json["entries"]["repaired_pixel"] == (8 - 1 - 2) * 3
    provenance = read_scene(tmp_path / "full.provenance.tif").stored
    assert (provenance[[1, 4]] == Origin.REPAIRED_BAND).all()
    assert (provenance[0, 0, :3] == Origin.REPAIRED_PIXEL).all()
    assert (provenance[7] == Origin.MEASURED).all()


def test_the_same_command_gives_the_same_bytes(anyband, save, scene, tmp_path):
    path = save(scene(dead=[2, 3]))
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        assert (
            anyband("repair", path, "-o", tmp_path / folder / "full.tif", "--seed", "7").code == 0
        )
    files = sorted(file.name for file in (tmp_path / "one").glob("*.tif"))
    assert len(files) == 4
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("model", ["anyband", "gaussian", "linear", "pchip"])
def test_json_is_all_that_stdout_holds(anyband, save, scene, tmp_path, model):
    rng = np.random.default_rng(0)
    made = scene((8, 10, 10))
    hole = rng.random(made.stored.shape) < 0.02
    path = save(made.with_stored(np.where(hole, np.int16(-32768), made.stored)))
    ended = anyband("repair", path, "-o", tmp_path / "full.tif", "--model", model, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["entries"]["repaired_pixel"] == hole.sum()
    manifest = json.loads((tmp_path / "full.tif.json").read_text())
    del manifest["sha256"]
    assert {**manifest, "files": ended.json["files"]} == ended.json


def test_a_report_is_one_file_beside_the_others(anyband, save, scene, tmp_path, names):
    path = save(scene(dead=[2]))
    page = tmp_path / "page.html"
    ended = anyband(
        "repair", path, "-o", tmp_path / "full.tif", "--report", page, "--model", "linear"
    )
    assert ended.code == 0
    assert "Repair of scene.tif" in page.read_text(encoding="utf-8")
    assert len(names(tmp_path)) == 1 + 5 + 1
    manifest = json.loads((tmp_path / "full.tif.json").read_text())
    for checksum in manifest["sha256"].values():
        assert checksum in page.read_text(encoding="utf-8")


def test_a_person_is_told_what_was_written(anyband, save, scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = anyband("repair", save(scene(dead=[2])), "-o", "full.tif", "--model", "linear")
    assert ended.code == 0
    for words in ("repaired band entries", "full.provenance.tif", "full.tif.json"):
        assert words in ended.out
