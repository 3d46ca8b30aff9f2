"""The command, as it is typed."""

import errno
import json
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from typer.testing import CliRunner

from emulator_training.cli.app import app
from emulator_training.cli.run import GATE, INPUT, INTERRUPTED, RESOURCE, USAGE, run
from emulator_training.errors import (
    ConfigError,
    NoRoomError,
    SchedulerAddressError,
    WorkerDiedError,
)
from emulator_training.shard import SimulationConfig
from emulator_training.validation.gates import GateError, UnknownGateError


def emulator_train(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def code_and_words(capsys, *arguments):
    code = run(lambda: app([str(argument) for argument in arguments]))
    return code, capsys.readouterr().err.strip().splitlines()[-1]


def needs_prosail(test):
    reason = "the extra `emulator` is not installed"
    return pytest.mark.skipif(find_spec("prosail") is None, reason=reason)(test)


@needs_prosail
def test_simulations_are_estimated_made_and_gone_on_with(tmp_path):
    arguments = ("simulate", "--n", 60, "--storage", "full", "--shard", 20, "--workers", 1)
    first = emulator_train(*arguments, "-o", tmp_path)
    assert first.exit_code == 0
    assert "60 spectra, full: 508 kB, about 1 s with 1 process of this machine" in first.stderr
    assert f"{tmp_path}: 3 shards, 3 of them new" in first.stdout
    (tmp_path / "shard-00000.npz").unlink()
    (tmp_path / "shard-00001.npz").write_bytes(b"half a file")
    again = emulator_train(*arguments, "-o", tmp_path)
    assert "3 shards, 2 of them new" in again.stdout
    with np.load(tmp_path / "shard-00001.npz") as file:
        assert file["values"].shape == (20, 2101)


def test_fitting_validating_and_publishing_are_one_line_each(
    simulation, weights, quick, tmp_path, monkeypatch
):
    config = tmp_path / "config.json"
    config.write_text(quick.model_dump_json())
    fitted = emulator_train("fit", simulation, "-o", weights, "--config", config)
    assert "nothing: all are there" in fitted.stdout
    report = tmp_path / "report"
    said = emulator_train("validate", weights, "-o", report, "--n", 20).stdout
    assert "gates kept" in said
    assert "missed: prosail_emulator.wide_rmse" in said
    fresh = emulator_train("validate", weights, "-o", tmp_path / "fresh", "--n", 20, "--seed", 3)
    assert fresh.exit_code == 0
    assert json.loads((tmp_path / "fresh" / "accuracy.json").read_text())["canopies"]["seed"] == 3
    result = emulator_train("publish", weights, "--report", report, "-o", tmp_path / "shipped")
    assert isinstance(result.exception, GateError)


def test_a_config_that_is_none_is_refused_in_one_sentence(simulation, tmp_path, capsys):
    config = tmp_path / "config.json"
    config.write_text('{"emulator": {"widht": 3}}')
    given = ("fit", simulation, "-o", tmp_path / "weights", "--config", config)
    code, words = code_and_words(capsys, *given)
    assert code == USAGE
    start = f"error: {config}: emulator.widht is not known; give width, epochs, "
    assert words.startswith(start)


def test_a_fit_that_is_not_what_the_folder_holds_is_refused(simulation, weights, capsys):
    code, words = code_and_words(capsys, "fit", simulation, "-o", weights)
    assert code == INPUT
    assert words.startswith(f"error: {weights} holds another prosail_emulator: width 32, not ")


@needs_prosail
def test_a_refusal_stands_alone(tmp_path, capsys):
    """Without a bar of nothing before it."""
    given = ("simulate", "-o", tmp_path, "--n", 20, "--storage", "full", "--workers", 1)
    emulator_train(*given)
    run(lambda: app(["simulate", "-o", str(tmp_path), "--n", "30", "--storage", "full"]))
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert said[0].startswith("30 spectra, full: ")
    assert said[1].startswith(f"error: {tmp_path} holds another simulation: count 20, not 30;")


@needs_prosail
def test_refusals_are_one_sentence_and_a_code(tmp_path, capsys):
    code, words = code_and_words(capsys, "fit", tmp_path, "-o", tmp_path / "weights")
    assert code == INPUT
    assert words.startswith(f"error: {tmp_path} holds no simulation; make one with")
    code, words = code_and_words(capsys, "simulate", "-o", tmp_path, "--storage", "everything")
    assert code == USAGE
    assert words == "error: storage is 'everything'; give full, sensor:ID or pca:K, K up to 999"
    code, words = code_and_words(capsys, "simulate", "-o", tmp_path, "--storage", "sensor:enmap")
    assert code == USAGE
    assert "is known, but not shipped" in words
    code, words = code_and_words(capsys, "simulate", "-o", tmp_path, "--seed", 10**23)
    assert code == USAGE
    assert "'--seed'" in words
    code, words = code_and_words(capsys, "simulate", "-o", tmp_path, "--n", 10**15)
    assert code == RESOURCE
    assert not list(tmp_path.iterdir())
    given = ("publish", tmp_path, "--report", tmp_path, "--accept", "nonsense")
    code, words = code_and_words(capsys, *given)
    assert code == USAGE
    assert words.startswith("error: no gate is called 'nonsense'; ")
    (tmp_path / "accuracy.json").write_text("[]")
    code, words = code_and_words(capsys, "publish", tmp_path, "--report", tmp_path)
    assert code == INPUT
    assert words.startswith(f"error: {tmp_path / 'accuracy.json'} cannot be read")
    code, words = code_and_words(capsys, "validate", tmp_path, "-o", tmp_path / "report")
    assert code == INPUT
    assert "have no card" in words


@needs_prosail
def test_what_is_damaged_is_an_input(simulation, tmp_path, capsys):
    for path in simulation.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    shard, basis = tmp_path / "shard-00002.npz", tmp_path / "basis.npz"
    shard.write_bytes(shard.read_bytes()[:100_000])
    code, words = code_and_words(capsys, "fit", tmp_path, "-o", tmp_path / "weights")
    assert code == INPUT
    assert words.startswith(f"error: {shard} is damaged; run")
    basis.write_bytes(b"")
    given = ("simulate", "-o", tmp_path, "--n", 10_000, "--storage", "pca:20", "--shard", 2500)
    code, words = code_and_words(capsys, *given)
    assert code == INPUT
    assert words.startswith(f"error: {basis} is damaged; delete it")
    shard.write_bytes((simulation / shard.name).read_bytes())
    for damage in (lambda: None, basis.unlink):
        damage()
        code, words = code_and_words(capsys, "fit", tmp_path, "-o", tmp_path / "weights")
        assert code == INPUT
        assert "basis.npz is" in words


def test_codes_tell_what_went_wrong(capsys):
    def fail(error):
        def command():
            raise error

        return run(command)

    assert fail(KeyboardInterrupt()) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert fail(GateError(["a"])) == GATE
    assert fail(FileNotFoundError(2, "No such file", "some.json")) == INPUT
    assert "error: some.json: No such file" in capsys.readouterr().err
    assert fail(SystemExit(INTERRUPTED)) == INTERRUPTED
    assert "the same command goes on" in capsys.readouterr().err
    assert fail(OSError(errno.ENOSPC, "No space left on device")) == RESOURCE
    assert "the disk is full; free some space" in capsys.readouterr().err
    assert fail(MemoryError()) == RESOURCE
    for error in (WorkerDiedError(2), NoRoomError("x")):
        assert fail(error) == RESOURCE
    for error in (ConfigError("x"), SchedulerAddressError("x"), UnknownGateError("x")):
        assert fail(error) == USAGE
    with pytest.raises(OSError, match="nobody knows where"):
        fail(OSError("nobody knows where"))
    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError())


def test_help_imports_nothing_heavy():
    heavy = {"torch", "numpy", "scipy", "pydantic", "matplotlib"}
    code = f"import sys, emulator_training.cli.app; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_plain_install_is_told_what_to_add():
    code = "import sys; sys.modules['typer'] = None; import emulator_training.cli as c; c.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'anyband[zoo,emulator]'" in done.stderr


def test_the_shipped_recipe_is_the_default():
    assert SimulationConfig().count == 100_000
