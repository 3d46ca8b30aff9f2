"""A network that is judged on a sensor that it did not learn from."""

import json
import re

import pytest

from anyband_models.errors import QualityError
from anyband_models.training.anyband import leave_one_sensor_out as job
from anyband_models.training.anyband.examples import Examples
from anyband_models.training.anyband.store import Origin, Store
from anyband_models.training.data import sensors


@pytest.fixture(scope="module")
def run(tmp_path_factory, data, config, prior):
    folder = tmp_path_factory.mktemp("run")
    (folder / "recipe.json").write_text(config(examples=12).model_dump_json())
    store = Store(folder / "examples")
    examples = Examples(*data, prior, seed=0, side=8)
    store.begin(Origin.of(examples))
    for number in range(12):
        store.write(number, examples.example(number))
    return folder, examples, store


def test_a_sensor_is_named_without_making_its_scene(run):
    _, examples, _ = run
    assert [examples.sensor(n) for n in range(4)] == [sensors.draw(0, n, 6).name for n in range(4)]


def test_none_of_its_examples_is_learned_from(run, config, monkeypatch):
    _, examples, store = run
    own = [number for number in store.numbers(12) if examples.sensor(number) == "broad bands"]
    assert own, "the seed draws one"
    learned = []
    fitting = job.Fitting
    monkeypatch.setattr(
        job, "Fitting", lambda reads, *rest: learned.extend(reads) or fitting(reads, *rest)
    )
    found = job.left_out("broad*", examples, store, config(examples=12))
    assert {read.args[0] for read in learned} == {*store.numbers(12)} - {*own}
    assert (found.judged, found.learned_from) == (len(own), len(store.numbers(12)) - len(own))
    assert "all" in found.gain


def test_a_name_that_matches_nothing_is_told_with_those_that_are_there():
    with pytest.raises(QualityError, match=re.escape("'emit' matches none of the sensors or all")):
        job.split([(1, "like EnMAP")], "emit")


def test_it_prints_a_line_a_sensor(run, data, prior, monkeypatch, capsys):
    folder, _, _ = run
    monkeypatch.setattr(job.Data, "read", classmethod(lambda cls, folder: data))
    monkeypatch.setattr(job.SpectralPrior, "read", classmethod(lambda cls: prior))
    job.main(folder, folder, 1, ["broad*"])
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["sensor"] == "broad*"
