"""`anyband-zoo train` as a user's shell calls it, alone and under torchrun."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
import yaml
from rasterio.errors import NotGeoreferencedWarning
from safetensors.torch import load_file

SETTINGS = """
network: {width: 8, multipliers: [1, 2], blocks: 1, attention: [1], heads: 2, context: 8}
diffusion: {prediction: x0, base: linear}
masking: {sensors: [sentinel2a_msi], averaged: false}
loss: {physics: 0.1, operator: null, indices: [NDVI]}
steps: 12
batch: 4
patch: 8
stride: 4
report_every: 1
keep_every: 6
"""
WEIGHTS = """
import os
import sys
from pathlib import Path
import torch
from torch import distributed
from anyband_models.jobs.train import open_scene
from anyband_models.training.config_file import checked, read_config
from anyband_models.training.processes import processes
from anyband_models.training.start import start

config = checked(read_config(Path(sys.argv[1])), "it")
with processes() as shared:
    run = start([open_scene(path, config.reading) for path in config.scenes], config, shared)
    run.train(None)
    ours = torch.cat([weight.flatten() for weight in run.checkpoint().tensors.values()])
    theirs = [torch.empty_like(ours) for _ in range(shared.world)]
    distributed.all_gather(theirs, ours)
    same = all(torch.equal(ours, other) for other in theirs)
    os.write(1, f"{shared.world} {same}\\n".encode())  # at once: the other process writes as well
"""


@pytest.fixture
def config(scene, save, tmp_path):
    path = save(scene((12, 24, 20), wavelength=np.arange(450.0, 1050.0, 50.0)))
    (tmp_path / "c.yaml").write_text(f"scenes: [{path}]{SETTINGS}")
    return tmp_path / "c.yaml"


def two(*arguments):
    """Start two processes, as torchrun does."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    ended = subprocess.run(
        [*command, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def curve(folder):
    return [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_two_processes_learn_as_one_does(config, anyband, tmp_path):
    alone = anyband("train", config, "-o", tmp_path / "one", "--json")
    assert alone.code == 0, alone.err
    assert alone.json["steps"] == 12
    ended = two("-m", "anyband_models.cli", "train", config, "-o", tmp_path / "two", "--json")
    assert json.loads(ended.stdout)["steps"] == 12  # one of them speaks
    assert ended.stderr.count("step 12/12") == 1
    one, both = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert len(one) == len(both) == 12
    for ours, theirs in zip(one, both, strict=True):
        assert theirs["loss"] == pytest.approx(ours["loss"], rel=1e-5)
        assert theirs["physics"] == pytest.approx(ours["physics"], rel=1e-5)
    first, second = (load_file(tmp_path / run / "model.safetensors") for run in ("one", "two"))
    for name, weights in first.items():
        torch.testing.assert_close(second[name], weights, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_two_processes_end_with_the_same_weights(config, tmp_path):
    (tmp_path / "weights.py").write_text(WEIGHTS)
    ended = two(tmp_path / "weights.py", config)
    assert ended.stdout.split() == ["2", "True", "2", "True"]


@pytest.mark.slow
def test_the_default_scene_by_its_name(anyband, tmp_path):
    arguments = ["--preset", "tiny", "--region", "left", "--steps", 2, "-o", tmp_path / "run"]
    ended = anyband("train", "--scene", "indian-pines", *arguments, "--json")
    assert ended.code == 0, ended.err
    assert "gap-20" in ended.json["validation"]
    again = anyband("train", "--scene", "indian-pines", *arguments)
    assert again.refused(2, "there is a run in", "--resume")


def test_scenes_of_other_bands_are_refused_and_leave_nothing(scene, save, anyband, tmp_path):
    first, second = save(scene((8, 6, 7)), "a.tif"), save(scene((5, 6, 7)), "b.tif")
    given = ["--preset", "tiny", "--scene", first, "--scene", second, "-o", tmp_path / "run"]
    ended = anyband("train", *given)
    assert ended.refused(3, "b.tif has 5 bands (450-610 nm)", "a.tif has 8 (450-730 nm)")
    assert not (tmp_path / "run").exists()


def test_a_folder_is_trained_on_window_by_window(anyband, config, tmp_path):
    text = config.read_text()
    files = tmp_path / "files"
    files.mkdir()
    (name,) = [line.split("[")[1].rstrip("]") for line in text.splitlines() if "scenes" in line]
    for number in (1, 2):
        (files / f"{number}.tif").write_bytes(Path(name).read_bytes())
    config.write_text(text.replace(name, str(files)) + "validation: 0\n")
    ended = anyband("train", config, "--windows", "-o", tmp_path / "run", "--json")
    assert ended.code == 0, ended.err
    written = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert written["scenes"] == [str(files / "1.tif"), str(files / "2.tif")]
    assert written["reading"]["windows"] is True
    assert ended.json["steps"] == 12


def test_a_folder_of_pictures_of_any_size_is_trained_on(anyband, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    for number, (rows, cols) in enumerate([(40, 60), (33, 33), (80, 50)]):
        name = tmp_path / "pictures" / f"{number}.png"
        shape = {"width": cols, "height": rows, "count": 3, "dtype": "uint8"}
        with pytest.warns(NotGeoreferencedWarning), rasterio.open(name, "w", "PNG", **shape) as to:
            to.write(rng.integers(60, 200, (3, rows, cols), dtype=np.uint8))
    ended = anyband(
        "train", "--preset", "tiny", "--scene", tmp_path / "pictures", "--windows",
        "-o", tmp_path / "run", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    spec = json.loads((tmp_path / "run" / "model.json").read_text())["spec"]
    assert (spec["wavelength"], spec["quantity"]) == ([640.0, 550.0, 460.0], "dn")
    assert len(spec["trained_on"]) == 3
