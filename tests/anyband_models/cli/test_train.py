"""What `anyband-zoo train` makes of its options."""

import sys

import pytest

from anyband_models.cli.app import app
from anyband_models.cli.run import run
from anyband_models.jobs import train as job
from anyband_models.jobs.train import TrainingResult

CONFIG = "scenes: [a.tif]\nnetwork: {width: 8}\nsteps: 30\n"


@pytest.fixture
def called(monkeypatch, capsys, tmp_path):
    """Calls the command with a job that only notes what it was asked for."""
    asked = []

    def noted(config, folder, resume, said):
        asked.append((config, folder, resume))
        said("step 1/1, loss 0.5")
        folder.mkdir()
        return TrainingResult(folder, 1, 0, {"k5": {"model": 20.0, "linear": 18.5}})

    monkeypatch.setattr(job, "run_training", noted)
    (tmp_path / "c.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["anyband-zoo", "train", *arguments])
        code = run(app)
        return code, asked, capsys.readouterr()

    return call


def test_a_config_and_options_that_count_more(called):
    arguments = "c.yaml --steps 7 --seed 3 --region left --scene b.tif --scale 1e-4 --quantity dn"
    code, [(config, folder, resume)], said = called(*arguments.split(), "-o", "run")
    assert (code, str(folder), resume) == (0, "run", False)
    assert (config.steps, config.seed, config.region) == (7, 3, "left")
    assert list(map(str, config.scenes)) == ["b.tif"]
    assert (config.reading.scale, config.reading.quantity) == (1e-4, "dn")
    assert said.err == "step 1/1, loss 0.5\n"
    assert "+1.50" in said.out


def test_a_preset_on_several_scenes(called):
    arguments = "--preset small --scene indian-pines --scene b.tif -o run --resume --json"
    code, [(config, _, resume)], said = called(*arguments.split())
    assert (code, resume) == (0, True)
    assert list(map(str, config.scenes)) == ["indian-pines", "b.tif"]
    assert config.network.spectral == 352
    assert '"steps": 1' in said.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("-o run", 2, "there is no config"),
        ("c.yaml --preset tiny -o run", 2, "are two configs"),
        ("--preset tiny -o run", 2, "needs a scene"),
        ("--preset smal --scene a.tif -o run", 2, "did you mean 'small'"),
        ("--resume -o run", 2, "there is no run in run to resume"),
        ("d.yaml -o run", 3, "is not there"),
        (
            "--preset anyband --scene a.tif --scale 2 -o run",
            2,
            "--scene and --scale do not go",
        ),
        ("c.yaml --preset anyband -o run", 2, "a config does not go with --preset anyband, which"),
        ("--preset anyband --data no -o run", 3, "is not there; name the folder that holds it"),
        ("--preset anyband -o run", 3, "give one (--data), or set ANYBAND_DATA to it"),
        (
            "c.yaml --data d --examples 9 -o run",
            2,
            "--data and --examples do not go with any",
        ),
        ("bad.yaml -o run", 3, "there is no setting stepz; did you mean steps; allowed there:"),
    ],
)
def test_what_cannot_be_is_one_sentence(called, tmp_path, monkeypatch, arguments, code, words):
    monkeypatch.delenv("ANYBAND_DATA", raising=False)
    (tmp_path / "bad.yaml").write_text(CONFIG + "stepz: 3\n")
    ended, asked, said = called(*arguments.split())
    assert (ended, asked, said.out) == (code, [], "")
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert words in said.err


def test_the_preset_of_any_bands_is_another_job(called, monkeypatch, tmp_path):
    from anyband_models.jobs import train_anyband

    asked = []

    def noted(config, folder, data, processes, said, command):
        asked.append((config, processes, command))
        (folder / "made").mkdir(parents=True)
        scores = {"mean gain [dB]": {"all": 0.25}, "90 % intervals": {"all": 0.912}}
        return train_anyband.RecipeResult(folder, 7, 0, scores)

    monkeypatch.setattr(train_anyband, "run_recipe", noted)
    arguments = "--preset anyband --data d --examples 9 --steps 7 --seed 2 --processes 3 -o run"
    code, others, said = called(*arguments.split())
    [(config, processes, command)] = asked
    assert (code, others, processes) == (0, [], 3)
    assert (config.examples, config.steps, config.seed, config.side) == (9, 7, 2, 32)
    assert command == f"anyband-zoo train {arguments}"
    assert "+0.25" in said.out
    assert "91.2%" in said.out


@pytest.mark.parametrize(
    "arguments", ["c.yaml", "c.yaml -o run --steps 0", "c.yaml -o run --seed x"]
)
def test_options_that_are_not_understood_end_with_two(called, arguments):
    code, asked, said = called(*arguments.split())
    assert (code, asked) == (2, [])
    assert "Usage" in said.err or "Invalid" in said.err
