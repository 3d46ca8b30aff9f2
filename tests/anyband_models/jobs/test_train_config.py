"""Which config a training command means."""

from pathlib import Path

import pytest

from anyband_models.errors import UsageError
from anyband_models.jobs.train_config import chosen_config


def chosen(tmp_path, file=None, preset=None, scenes=(), resume=False, **changes):
    reading = {"scale": changes.pop("scale", None)}
    return chosen_config(file, preset, scenes, reading, changes, tmp_path, resume)


def test_a_preset_and_its_changes(tmp_path):
    found = chosen(
        tmp_path, preset="tiny", scenes=[Path("indian-pines")], steps=7, region="left", seed=None
    )
    assert (found.steps, found.region, found.seed) == (7, "left", 0)
    assert [str(path) for path in found.scenes] == ["indian-pines"]


def test_options_count_more_than_the_file(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("scenes: [a.tif]\nnetwork: {width: 8}\nsteps: 3\nreading: {offset: 1}\n")
    found = chosen(tmp_path, file=path, steps=9, scenes=[Path("b.tif")], scale=0.5)
    assert (found.steps, str(found.scenes[0])) == (9, "b.tif")
    assert (found.reading.scale, found.reading.offset) == (0.5, 1)


def test_the_runs_own_config_is_resumed(tmp_path):
    (tmp_path / "config.yaml").write_text("scenes: [a.tif]\nnetwork: {width: 8}\nsteps: 3\n")
    assert chosen(tmp_path, resume=True).steps == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "there is no config; name a YAML file, or --preset small and --scene"),
        ({"preset": "tiny"}, "--preset tiny needs a scene; name one with --scene"),
        ({"resume": True}, "there is no run in .* to resume; start one with a config"),
    ],
)
def test_what_leaves_open_what_to_train_is_refused(tmp_path, given, words):
    with pytest.raises(UsageError, match=words):
        chosen(tmp_path, **given)


def test_two_configs_are_refused(tmp_path):
    with pytest.raises(UsageError, match="are two configs; give one of them"):
        chosen(tmp_path, file=tmp_path / "c.yaml", preset="tiny")
