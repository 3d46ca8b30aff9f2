"""The work of `anyband-zoo train`, as a script would call it."""

import errno
import json

import numpy as np
import pytest
import torch

from anyband_models.diffusion.files import read_model
from anyband_models.errors import InputError, ResourceError, ScaleError, UsageError
from anyband_models.files import staged
from anyband_models.jobs.train import run_training
from anyband_models.networks.config import UNetConfig
from anyband_models.scene.formats import write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene
from anyband_models.training import calibration, journal
from anyband_models.training.config import TrainingConfig
from anyband_models.training.config_file import checked, read_config

NETWORK = UNetConfig(
    width=8, multipliers=(1, 2), blocks=1, attention=(1,), heads=2, context=8, spectral=8
)
FILES = [
    "checkpoint.json", "config.yaml", "model.json", "model.safetensors", "progress.jsonl",
    "run.html",
]  # fmt: skip


def save(path, scale=1.0, top=0.5):
    centres = np.arange(450.0, 1050.0, 50.0)
    y, x = np.mgrid[:20, :24] / 8
    mixed = (np.sin(x + y) + 1) / 2
    curves = [np.exp(-(((centres - c) / 200) ** 2))[:, None, None] for c in (550.0, 900.0)]
    cube = top * (0.1 + curves[0] * mixed + curves[1] * (1 - mixed)) / scale
    meta = SceneMeta(
        dtype="<f4", scale=(1.0,) * 12, offset=(0.0,) * 12, scale_declared=scale == 1.0
    )
    made = make_scene(cube.astype("<f4"), meta, centres, fwhm=np.full(12, 40.0))
    with staged(overwrite=True) as stage:
        write_scene(made, path, stage)
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Learns how far a model errs from few masks."""
    monkeypatch.setattr(calibration, "_MASKS", 20)


@pytest.fixture
def config(tmp_path):
    """Builds a config of a scene in a file."""
    path = save(tmp_path / "scene.tif")

    def build(**changes):
        settings = {
            "scenes": (path,),
            "network": NETWORK,
            "diffusion": {"prediction": "x0", "base": "linear"},
            "masking": {"sensors": ("sentinel2a_msi",), "averaged": False},
            "steps": 4,
            "batch": 2,
            "patch": 8,
            "stride": 4,
            "report_every": 1,
            "keep_every": 2,
        }
        return TrainingConfig.model_validate(settings | changes)

    return build


def names(folder):
    return [path.name for path in sorted(folder.iterdir()) if "checkpoint-" not in path.name]


def records(folder):
    return [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]


def test_a_run_leaves_its_model_its_config_and_its_page(config, tmp_path):
    said = []
    result = run_training(config(), tmp_path / "run", said=said.append)
    assert names(tmp_path / "run") == FILES
    assert (tmp_path / "run" / "checkpoint-00000004.safetensors").is_file()
    model, described = read_model(tmp_path / "run")
    assert described.training["steps"] == 4
    assert checked(read_config(tmp_path / "run" / "config.yaml"), "it") == config()
    assert described.scores["validation [dB]"] == result.validation
    assert not torch.equal(model.error.table, torch.ones_like(model.error.table))
    found = records(tmp_path / "run")
    assert [record["step"] for record in found] == [1, 2, 3, 4]
    assert ["validation" in record for record in found] == [False, True, False, True]
    assert said[0].endswith("parameters, 4 steps to take")
    assert said[1].startswith("step 1/4, loss ")
    page = (tmp_path / "run" / "run.html").read_text()
    assert page.count("data:image/png;base64,") == 2
    assert "http" not in page
    assert "A piece that was held out" in page
    assert result.summary["steps"] == 4


def test_a_resumed_run_ends_where_the_uninterrupted_one_does(config, tmp_path):
    run_training(config(), tmp_path / "whole")

    def stop(line):
        if line.startswith("step 3/"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_training(config(), tmp_path / "cut", said=stop)
    assert not (tmp_path / "cut" / "model.json").exists()
    assert [record["step"] for record in records(tmp_path / "cut")] == [1, 2, 3]
    said = []
    run_training(config(), tmp_path / "cut", resume=True, said=said.append)
    assert said[0] == "going on from step 2"
    for name in ("model.safetensors", "progress.jsonl", "checkpoint-00000004.safetensors"):
        whole, cut = ((tmp_path / run / name).read_bytes() for run in ("whole", "cut"))
        assert whole == cut, name


def test_a_run_that_is_there_is_refused_without_resume(config, tmp_path):
    folder = tmp_path / "run"
    run_training(config(steps=1), folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UsageError) as refused:
        run_training(config(steps=1), folder)
    assert str(refused.value) == (
        f"there is a run in {folder}; pass --resume to go on with it, or choose another folder"
    )
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_of_other_things_is_refused(config, tmp_path, resume):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds other files than a run's"):
        run_training(config(), tmp_path, resume=resume)
    with pytest.raises(UsageError, match="is not a folder"):
        run_training(config(), tmp_path / "letter.txt", resume=resume)


def test_resume_begins_where_there_is_no_run(config, tmp_path):
    said = []
    run_training(config(steps=1), tmp_path / "run", resume=True, said=said.append)
    assert said[0] == "going on from the beginning: there is no checkpoint"
    assert "model.json" in names(tmp_path / "run")


def test_a_refused_scene_leaves_no_folder(config, tmp_path):
    counts = save(tmp_path / "counts.tif", scale=1e-4)
    for scene, error in ((counts, ScaleError), (tmp_path / "none.tif", InputError)):
        with pytest.raises(error):
            run_training(config(scenes=(scene,)), tmp_path / "run")
    assert not (tmp_path / "run").exists()
    config_ = config(scenes=(counts,), reading={"scale": 1e-4}, steps=1)
    run_training(config_, tmp_path / "run")
    assert read_model(tmp_path / "run")[0].spec.normalisation.high < 1


def test_the_default_scene_needs_nothing_said(config, tmp_path):
    with pytest.raises(UsageError, match="indian-pines needs no scale and the like"):
        run_training(config(scenes=("indian-pines",), reading={"scale": 1.0}), tmp_path / "run")


def test_without_held_out_rows_there_is_a_note_and_a_model(config, tmp_path):
    said = []
    result = run_training(config(steps=1, validation=0), tmp_path / "run", said=said.append)
    assert said[0].startswith("note: no row is held out")
    assert result.validation == {}
    model, _ = read_model(tmp_path / "run")
    assert torch.equal(model.error.table[:, :-1], model.ground.error.table[:, :-1])
    assert "no row is held out" in (tmp_path / "run" / "run.html").read_text()


def test_a_full_disk_leaves_the_last_checkpoint(config, tmp_path, monkeypatch):
    folder, add = tmp_path / "run", journal.Journal.add

    def full(self, found):
        if found["step"] == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        add(self, found)

    monkeypatch.setattr(journal.Journal, "add", full)
    with pytest.raises(ResourceError) as refused:
        run_training(config(), folder)
    assert str(refused.value) == (
        f"the disk of {folder} is full; the last checkpoint stands; free some space and go on "
        "with --resume"
    )
    assert not list(folder.glob("*.partial"))
    monkeypatch.undo()
    run_training(config(), folder, resume=True)
    assert names(folder) == FILES
    assert [record["step"] for record in records(folder)] == [1, 2, 3, 4]


def test_physics_terms_are_told(config, tmp_path):
    said = []
    settings = {"physics": 0.1, "operator": "toa"}
    run_training(config(steps=2, loss=settings), tmp_path / "run", said=said.append)
    assert set(records(tmp_path / "run")[-1]["physics"]) == {"pixel", "region", "image"}
    assert "pixel" in said[-2]
