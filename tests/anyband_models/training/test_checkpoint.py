"""A run's state on disk."""

import errno
import json

import pytest
import torch

from anyband_models.errors import ResourceError, UsageError, WeightsError
from anyband_models.training import checkpoint as module
from anyband_models.training.checkpoint import POINTER, read_checkpoint


@pytest.fixture
def kept(begun, tmp_path):
    """A run with a checkpoint of its second step."""
    run = begun(steps=2)
    run.train(tmp_path)
    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def change(folder, **entries):
    pointer = json.loads((folder / POINTER).read_text())
    (folder / POINTER).write_text(json.dumps(pointer | entries))


def test_there_is_one_checkpoint_the_last(kept, tmp_path):
    assert names(tmp_path) == ["checkpoint-00000002.safetensors", "checkpoint.json"]


def test_a_folder_without_one_has_none(begun, tmp_path):
    run = begun()
    assert read_checkpoint(tmp_path, run.config, run.model.spec) is None


def test_another_config_is_refused_and_named(kept, begun, tmp_path):
    other = begun(batch=8, seed=3)
    with pytest.raises(UsageError) as refused:
        other.resume(tmp_path)
    assert str(refused.value) == (
        f"the run in {tmp_path} was started with another batch, seed; resume it with its own "
        "config, or write to another folder with -o"
    )


def test_a_run_may_be_made_longer(kept, begun, tmp_path):
    longer = begun(steps=4, report_every=2, keep_every=4)
    longer.resume(tmp_path)
    assert longer.step == 2


def test_a_scene_that_has_changed_is_refused(kept, begun, scene, tmp_path):
    changed = scene()
    changed.values[3] *= 2
    with pytest.raises(UsageError, match=r"scenes of the run in .* have changed .* start anew"):
        begun(changed, steps=2).resume(tmp_path)


def test_another_version_is_refused(kept, begun, tmp_path):
    change(tmp_path, version=2)
    with pytest.raises(WeightsError, match="is of version 2, and this program reads 1"):
        begun(steps=2).resume(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"step": 1}', "\x00"])
def test_a_pointer_that_says_nothing_is_refused(kept, begun, tmp_path, text):
    (tmp_path / POINTER).write_text(text)
    with pytest.raises(WeightsError, match="does not describe a checkpoint"):
        begun(steps=2).resume(tmp_path)


def test_damaged_arrays_are_refused(kept, begun, tmp_path):
    path = tmp_path / "checkpoint-00000002.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(WeightsError, match="sha256 differs"):
        begun(steps=2).resume(tmp_path)
    path.unlink()
    with pytest.raises(WeightsError, match="is not there"):
        begun(steps=2).resume(tmp_path)


def test_arrays_outside_the_folder_are_not_looked_at(kept, begun, tmp_path):
    change(tmp_path, file="../../etc/checkpoint-00000002.safetensors")
    run = begun(steps=2)
    run.resume(tmp_path)
    assert run.step == 2


def test_a_full_disk_leaves_the_last_checkpoint(kept, begun, tmp_path, monkeypatch):
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    longer = begun(steps=4, keep_every=4)
    longer.resume(tmp_path)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.Path, "write_bytes", full)
    with pytest.raises(ResourceError, match="disk is full"):
        longer.train(tmp_path)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    again = begun(steps=4, keep_every=4)
    again.resume(tmp_path)
    assert again.step == 2


def test_moments_come_back_as_they_were(kept, begun, tmp_path):
    run = begun(steps=2)
    run.resume(tmp_path)
    ours, theirs = run.optimiser.state_dict()["state"], kept.optimiser.state_dict()["state"]
    assert ours.keys() == theirs.keys()
    for at, state in ours.items():
        assert state.keys() == theirs[at].keys()
        assert all(torch.equal(value, theirs[at][key]) for key, value in state.items())


def test_a_setting_that_is_new_was_what_it_is_by_default(kept, begun, tmp_path):
    before = json.loads((tmp_path / POINTER).read_text())["config"]
    del before["loss"]["weighting"], before["reading"]
    change(tmp_path, config=before)
    run = begun(steps=2)
    assert read_checkpoint(tmp_path, run.config, run.model.spec).step == 2
    change(tmp_path, config=before | {"no_such_setting": 1})
    with pytest.raises(WeightsError, match="does not describe a checkpoint"):
        read_checkpoint(tmp_path, run.config, run.model.spec)


def test_what_differs_is_named_down_to_the_setting(kept, begun, tmp_path):
    run = begun(steps=2, loss={"observed": 0.5}, reading={"scale": 2.0})
    with pytest.raises(UsageError, match=r"another reading\.scale, loss\.observed; resume it"):
        read_checkpoint(tmp_path, run.config, run.model.spec)


def test_a_newer_version_is_called_so_whatever_else_it_says(kept, begun, tmp_path):
    config = json.loads((tmp_path / POINTER).read_text())["config"]
    change(tmp_path, version=99, config=config | {"new": 1})
    run = begun(steps=2)
    with pytest.raises(WeightsError, match="is of version 99"):
        read_checkpoint(tmp_path, run.config, run.model.spec)
