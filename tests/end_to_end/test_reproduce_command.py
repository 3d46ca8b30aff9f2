"""`anyband-zoo reproduce` on a scene of a few pixels, with networks that learn for two steps."""

import json

import numpy as np
import pytest

from anyband_models.files import staged
from anyband_models.jobs.reproduce import paper
from anyband_models.scene.formats import write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

NM = np.linspace(450, 900, 24)


@pytest.fixture
def scene(tmp_path):
    """Mixtures of three smooth spectra, and a little noise."""
    rng = np.random.default_rng(0)
    curves = np.exp(-(((NM[:, None] - [500, 700, 880]) / 120) ** 2))
    shares = rng.dirichlet(np.ones(3), (14, 26))
    values = 0.1 + 0.4 * np.einsum("bk,yxk->byx", curves, shares)
    values = (values + rng.normal(0, 2e-3, values.shape)).astype(np.float32)
    meta = SceneMeta(scale=(1.0,) * len(NM), offset=(0.0,) * len(NM), scale_declared=True)
    with staged() as stage:
        write_scene(make_scene(values, meta, NM), tmp_path / "scene.tif", stage)
    return tmp_path / "scene.tif"


@pytest.fixture
def table(anyband, scene, tmp_path):
    """Measures a table and returns its JSON and its page."""

    def measure(name, *more):
        folder = tmp_path / "results"
        ended = anyband(
            "reproduce", name, "--scale", "tiny", "--scene", scene, "--training-steps", 2,
            "-o", folder, "--json", *more,
        )  # fmt: skip
        assert ended.code == 0, ended.err
        told = json.loads((folder / f"{name}.json").read_text())
        assert ended.json.items() >= told.items()
        page = (folder / f"{name}.md").read_text()
        assert told["command"] in page
        assert told["scene_sha256"] in page
        return {row[next(iter(row))]: row for row in told["rows"]}, told, page

    return measure


def test_table2_has_both_conventions_and_the_papers_own_protocol(table):
    rows, told, page = table("table2")
    own = rows["anyband-diff, mean of 2 samples"]
    assert own != rows["anyband-diff, mean of 2 samples, without paste"]
    for name in ("linear", "gaussian", "anyband-diff, one-step mean"):
        # Errors of the whole cube are those of the missing half, thinned by the observed one; the
        # peaks differ, being that of the judged half and that of the whole scene.
        thinned = rows[name]["50 %: PSNR [dB]"] - rows[name]["50 %: PSNR missing [dB]"]
        assert abs(thinned - 10 * np.log10(2)) < 1
        assert rows[name]["10 %: PSNR missing [dB]"] > 20
    printed = rows["AnyBand-Diff (paper)"]
    assert printed["50 %: PSNR [dB]"] == 29.65
    assert printed["50 %: PSNR missing [dB]"] is None
    assert "Paper's convention" in page
    assert "Ours: the missing entries alone" in page
    assert told["mask_seeds"] == [0]


def test_table3_compares_indices_that_nothing_observed_gives_away(table):
    rows, _, _ = table("table3")
    assert {"linear", "gaussian", "anyband-diff, single samples, PGS"} <= set(rows)
    assert rows["gaussian"]["NDVI: CC"] > 0.9
    assert rows["gaussian"]["NDVI: RMSE"] > 0
    assert rows["AnyBand-Diff (paper)"]["NDWI: CC"] == 0.92


def test_table3_needs_red_green_and_near_infrared(anyband, tmp_path):
    values = np.random.default_rng(0).uniform(0.1, 0.5, (4, 6, 8)).astype(np.float32)
    meta = SceneMeta(scale=(1.0,) * 4, offset=(0.0,) * 4, scale_declared=True)
    path = tmp_path / "infrared.tif"
    with staged() as stage:
        write_scene(make_scene(values, meta, np.array([1500.0, 1600, 1700, 2200])), path, stage)
    ended = anyband(
        "reproduce", "table3", "--scale", "tiny", "--scene", path, "-o", tmp_path / "out"
    )
    assert ended.refused(3, "table3 needs red, green and near infrared")
    assert not list((tmp_path / "out").iterdir())


def test_table4_trains_its_variants_and_says_what_they_are(table):
    rows, _, page = table("table4")
    assert {"full", "without MCD", "without PGS", "without MSPL", "without any"} <= set(rows)
    assert rows["full"] != rows["without PGS"]
    assert rows["without MCD"] != rows["full"]
    assert rows["full (paper)"]["3 bands: PSNR [dB]"] == paper.TABLE4["full"][0]
    assert "without any condition" in page


def test_table5_counts_what_the_networks_have(table):
    rows, _, _ = table("table5")
    sizes = [rows[f"{name} (ours)"]["parameters [M]"] for name in ("tiny", "small", "base")]
    assert sizes[0] < 0.3 < 2 < sizes[1] < 5 < 20 < sizes[2]
    assert rows["tiny (ours)"]["latency [ms]"] > 0
    # Convolutions grow with the area, and attention faster.
    paper_size = rows["paper (ours)"]
    assert paper_size["FLOPs, 256 x 256 [G]"] > 15.9 * paper_size["FLOPs, 64 x 64 [G]"]


def test_table7_guides_less_and_more(table):
    rows, _, _ = table("table7")
    strengths = ("0", "0.5", "1", "1.5", "2")
    assert list(rows) == [f"{f}, s = {s}" for f in ("random-50", "k5") for s in strengths]
    free, guided = rows["k5, s = 0"], rows["k5, s = 1"]
    fell = "did not rise: band_correlation [%]"
    assert free[fell] is None
    assert guided[fell] == 100
    assert guided["loss of band_correlation"] < free["loss of band_correlation"]
    assert guided["paper: PSNR [dB]"] is None
    assert rows["random-50, s = 1"]["paper: PSNR [dB]"] == 29.65


def test_what_is_not_there_is_refused(anyband, scene, tmp_path):
    ended = anyband(
        "reproduce", "table2", "--scale", "tiny", "--scene", scene, "--weights",
        tmp_path / "none.json", "-o", tmp_path / "out",
    )  # fmt: skip
    assert ended.refused(4, "none.json is not there")
    ended = anyband("reproduce", "table6", "-o", tmp_path / "out")
    assert ended.code == 2
