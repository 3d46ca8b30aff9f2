"""`--dry-run` says what would be done, and does nothing."""

import subprocess
import sys

import numpy as np
import pytest

OPTIONS = ("--dry-run", "--json")


@pytest.mark.parametrize("target", ["full.tif", "full.hdr"])
@pytest.mark.parametrize("shape", [(8, 6, 7), (3, 1, 1), (60, 40, 50)])
@pytest.mark.parametrize("noise", [False, True])
def test_nothing_is_written_and_the_numbers_hold(
    anyband, save, scene, tmp_path, names, target, shape, noise
):
    made = scene(shape, dead=[1])
    if noise:  # that no compression makes smaller
        rng = np.random.default_rng(0)
        stored = rng.integers(1, 9000, made.stored.shape).astype(made.stored.dtype)
        stored[1] = -32768
        made = made.with_stored(stored)
    path = save(made)
    command = ["repair", path, "-o", tmp_path / target, "--model", "linear"]
    plan = anyband(*command, *OPTIONS)
    assert (plan.code, plan.err) == (0, "")
    assert names(tmp_path) == ["scene.tif"]
    done = anyband(*command, "--json").json
    assert plan.json["missing_bands"] == [2]
    assert plan.json["missing_entries"] == done["entries"]["repaired_band"] == shape[1] * shape[2]
    assert plan.json["nodata_pixels"] == 0
    sizes = [file.stat().st_size for file in tmp_path.iterdir() if file != path]
    assert sum(sizes) <= plan.json["disk_bytes"]


def test_what_a_repair_would_refuse_is_refused_already(anyband, save, scene, tmp_path):
    path = save(scene(dead=[1]))
    (tmp_path / "full.std.tif").write_text("old")
    ended = anyband("repair", path, "-o", tmp_path / "full.tif", "--dry-run")
    assert ended.refused(2, "full.std.tif", "--overwrite")


def test_a_person_reads_the_plan(anyband, save, scene, tmp_path):
    path = save(scene(dead=[1]))
    ended = anyband("repair", path, "-o", tmp_path / "full.tif", "--dry-run")
    assert ended.code == 0
    assert "Nothing was done" in ended.out
    assert "no data: band 2 (42 entries)" in ended.out


PEAK = """
import sys
from pathlib import Path
import numpy as np
from anyband_models.damage.detect import detect
from anyband_models.jobs.repair import run_repair
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.plan import memory_needed
from anyband_models.scene.formats import read_scene
import scipy.linalg, rasterio, pydantic, xarray, scipy.ndimage
from anyband_models.report import page

def peak():
    # Not getrusage: there a new process begins with its parent's peak.
    return 1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

config = RepairConfig(model=sys.argv[3])
warm = read_scene(sys.argv[1])
run_repair(warm, detect(warm), config, Path(sys.argv[2]).with_name("warm.tif"))
before = peak()
scene = read_scene(sys.argv[4])
run_repair(scene, detect(scene), config, Path(sys.argv[2]))
print((peak() - before) / memory_needed(scene, config))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "shape", "holes"),
    [("gaussian", (150, 300, 300), 0.1), ("linear", (150, 300, 300), 0.1),
     ("anyband", (50, 150, 150), 0.0), ("anyband", (50, 300, 300), 0.0)],
)  # fmt: skip
def test_the_memory_estimate_is_within_a_factor_of_two(save, scene, tmp_path, model, shape, holes):
    rng = np.random.default_rng(0)
    made = scene(shape)
    stored = made.stored.copy()
    stored[rng.random(stored.shape) < holes] = -32768
    stored[[20, 21]] = -32768
    half = shape[1] // 2
    stored[:, :half] = made.stored[:, :half]
    path, small = save(made.with_stored(stored)), save(scene(dead=[1]), "small.tif")
    command = [sys.executable, "-c", PEAK, small, tmp_path / "full.tif", model, path]
    ratio = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert 0.5 < ratio < 2
