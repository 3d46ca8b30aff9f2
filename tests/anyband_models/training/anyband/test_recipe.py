"""A run from materials to a model, in seconds."""

import json
import shutil

import numpy as np
import pytest
import torch

from anyband_models.diffusion.any_bands_files import read_any_bands
from anyband_models.errors import InputError, QualityError, UsageError, WeightsError
from anyband_models.jobs.train_anyband import chosen_recipe, meant, run_recipe
from anyband_models.models.contract import Observation
from anyband_models.models.registry import create_model
from anyband_models.training.anyband.fit import Fitting
from anyband_models.training.anyband.publish import publish
from anyband_models.training.anyband.recipe import HELD_OUT, Recipe
from anyband_models.training.anyband.store import Store
from physops.bands import Bands


def never():
    raise AssertionError("the data were asked for")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, data, config):
    """A run that nobody stopped, and what it said."""
    folder, said = tmp_path_factory.mktemp("runs") / "whole", []
    result = run_recipe(config(), folder, lambda: data, 1, said.append, "the command")
    return folder, result, said


def test_it_leaves_a_model_that_says_what_it_is(whole, config):
    folder, result, said = whole
    described = json.loads((folder / "model.json").read_text())
    [made_of] = described["spec"]["trained_on"]
    assert "30 spectra" in made_of
    assert described["training"]["command"] == "the command"
    assert described["training"]["config"] == config().model_dump(mode="json")
    assert described["training"]["steps"] == result.steps == 3
    assert described["scores"] == result.scores
    gain = result.scores["mean gain over the prior [dB]"]
    held = result.scores["held in 90 % intervals, calibrated on other examples"]
    assert gain.keys() == held.keys() >= {"all"}
    assert said[0] == "8 of 8 examples to make, processes: 1"
    assert any(line.startswith("step 3/3, loss ") and "dB over the prior" in line for line in said)
    records = [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]
    assert [one["step"] for one in records] == [1, 2, 3]
    assert all("all" in one["gain"] for one in records)


def test_its_spread_is_learned_from_what_was_held_out(whole, config):
    folder, _, _ = whole
    recipe = Recipe(config(), Store(folder / "examples"))
    assert [one.args[0] % HELD_OUT for one in recipe.held_out] == [0]
    assert all(one.args[0] % HELD_OUT for one in recipe.fitting.examples)
    spread = read_any_bands(folder / "model.json").spread
    assert (spread > 0).all()
    assert not torch.equal(spread, torch.ones_like(spread))


def test_the_model_repairs(whole):
    folder, _, _ = whole
    values = np.linspace(0.1, 0.5, 6, dtype=np.float32)[:, None, None] * np.ones((1, 3, 4))
    mask = np.ones(values.shape, dtype=bool)
    mask[2] = False
    seen = Observation(values.astype(np.float32), mask, Bands.at(np.linspace(450, 900, 6), 10.0))
    result = create_model("anyband", network=str(folder)).reconstruct(seen)
    assert np.isfinite(result.mean).all()
    assert (result.std[2] > 0).all()


def test_a_stopped_run_ends_with_the_same_bits(whole, data, config, tmp_path, monkeypatch):
    advance = Fitting.advance

    def interrupted(fitting):
        if fitting.step == 2:
            raise KeyboardInterrupt
        return advance(fitting)

    shutil.copytree(whole[0] / "examples", tmp_path / "examples")
    for path in sorted((tmp_path / "examples").glob("*.n*"))[-2:]:
        path.unlink()
    monkeypatch.setattr(Fitting, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_recipe(config(), tmp_path, lambda: data)
    assert not (tmp_path / "model.json").exists()
    monkeypatch.undo()
    said = []
    again = chosen_recipe({"steps": None, "seed": None}, tmp_path, resume=True)
    assert again == config()
    run_recipe(again, tmp_path, never, said=said.append, command="the command")
    assert said[0] == "going on from step 2"
    for name in ("model.json", "model.safetensors", "checkpoint-00000003.safetensors"):
        assert (tmp_path / name).read_bytes() == (whole[0] / name).read_bytes()
    for path in (whole[0] / "examples").iterdir():
        assert path.read_bytes() == (tmp_path / "examples" / path.name).read_bytes()


def test_a_run_is_gone_on_with_as_it_was_started(whole, config, tmp_path):
    folder, _, _ = whole
    with pytest.raises(UsageError, match=r"there is a run in .*; pass --resume"):
        chosen_recipe({}, folder, resume=False)
    with pytest.raises(UsageError, match="was started with another seed, examples; resume it"):
        chosen_recipe({"seed": 4, "examples": 9}, folder, resume=True)
    assert chosen_recipe({"steps": 9}, folder, resume=True).steps == 9
    assert chosen_recipe({"seed": 4}, tmp_path / "new", resume=True).seed == 4
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(InputError, match=r"recipe\.json is not what it must be"):
        chosen_recipe({}, tmp_path, resume=True)


def test_which_commands_mean_it(whole, tmp_path):
    assert meant("anyband", None, tmp_path, False)
    assert meant(None, None, whole[0], True)
    assert not meant(None, None, tmp_path, True)
    assert not meant("small", None, whole[0], True)


def test_without_data_nothing_is_written(config, tmp_path):
    def absent():
        raise InputError("there are none")

    with pytest.raises(InputError):
        run_recipe(config(), tmp_path / "run", absent)
    assert not (tmp_path / "run").exists()


def test_nothing_to_learn_from_is_told(config, data, tmp_path):
    store = Store(tmp_path)
    store.folder.mkdir(exist_ok=True)
    for number in range(2):
        store.write(number, None)
    with pytest.raises(QualityError, match="of 2 examples none can be learned from"):
        Recipe(config(examples=2), store)


def test_ten_steps_that_are_not_finite_end_the_run(config, whole):
    recipe = Recipe(config(steps=20), Store(whole[0] / "examples"))
    torch.nn.init.constant_(recipe.fitting.network.leave.bias, torch.inf)
    before = {name: w.clone() for name, w in recipe.fitting.average.weights.items()}
    with pytest.raises(QualityError, match="10 steps in a row"):
        [recipe.fitting.advance() for _ in range(10)]
    assert (recipe.fitting.skipped, recipe.fitting.step) == (10, 9)
    after = recipe.fitting.average.weights
    assert all(torch.equal(after[name], weight) for name, weight in before.items())


def test_what_ships_is_the_runs_model(whole, tmp_path):
    publish(whole[0], tmp_path / "ships.json")
    for suffix in (".json", ".safetensors"):
        ships = (tmp_path / "ships.json").with_suffix(suffix)
        assert ships.read_bytes() == (whole[0] / "model.json").with_suffix(suffix).read_bytes()
    with pytest.raises(WeightsError, match="is not there"):
        publish(tmp_path, tmp_path / "other.json")
