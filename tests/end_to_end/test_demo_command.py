"""`anyband-zoo demo` as a newcomer runs it, once for all tests of this file."""

import hashlib
import json
import sys

import numpy as np
import pytest

from anyband_models.cli.app import app
from anyband_models.cli.run import run
from anyband_models.scene.examples import indian_pines
from anyband_models.scene.formats import read_scene


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a demo, and its JSON."""
    import contextlib
    import io

    folder, out, err = (
        tmp_path_factory.mktemp("demo") / "new" / "demo",
        io.StringIO(),
        io.StringIO(),
    )
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["anyband-zoo", "demo", "-o", str(folder), "--json"])
        assert run(app) == 0
    assert err.getvalue() == ""
    return folder, json.loads(out.getvalue())


def test_every_file_is_there(made):
    folder, summary = made
    there = sorted(str(path) for path in folder.iterdir())
    assert sorted(summary["files"]) == there
    assert len(there) == 6


def test_the_manifest_vouches_for_the_files(made):
    folder, _ = made
    manifest = json.loads((folder / "repaired.tif.json").read_text())
    images = [path for path in folder.iterdir() if path.suffix == ".tif"]
    assert manifest["sha256"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in images
    }
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert all(checksum in page for checksum in manifest["sha256"].values())


def test_the_scores_are_those_of_a_good_repair(made):
    _, summary = made
    ours, linear = summary["scores"], summary["linear"]
    assert summary["peak"] == 9604 - 955
    for name in ("psnr_missing", "mpsnr_missing", "ssim", "ndvi_correlation"):
        assert ours[name] > linear[name]
    for name in ("rmse_missing", "sam", "ergas", "ndvi_rmse"):
        assert ours[name] < linear[name]
    assert 35 < ours["psnr_missing"] < ours["psnr_whole"] < 70
    assert 0.9 < ours["ssim"] <= 1
    rmse = summary["peak"] * 10 ** (-ours["psnr_missing"] / 20)
    assert ours["rmse_missing"] == pytest.approx(rmse, rel=1e-6)


def test_measured_values_are_those_of_the_scene(made):
    folder, _ = made
    repaired = read_scene(folder / "repaired.tif", quantity="dn")
    measured = read_scene(folder / "repaired.provenance.tif", quantity="dn").stored == 0
    np.testing.assert_array_equal(repaired.stored[measured], indian_pines().stored[measured])
    assert np.isfinite(repaired.values).all()


@pytest.mark.slow
def test_again_over_itself_it_gives_the_same(made, anyband):
    folder, summary = made
    before = {path.name: path.read_bytes() for path in folder.glob("*.tif")}
    ended = anyband("demo", "-o", folder)
    assert (ended.code, ended.err) == (0, "")
    assert {path.name: path.read_bytes() for path in folder.glob("*.tif")} == before
    assert f"{summary['scores']['psnr_missing']:.2f}" in ended.out
    assert "report.html" in ended.out.replace("\n", "")


def test_a_file_where_the_folder_should_be(anyband, tmp_path):
    (tmp_path / "demo").write_text("mine")
    assert anyband("demo", "-o", tmp_path / "demo").refused(2, "is not a folder")
    assert (tmp_path / "demo").read_text() == "mine"
