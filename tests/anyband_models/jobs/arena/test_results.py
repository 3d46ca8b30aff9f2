"""What the arena keeps."""

import json

import pytest

from anyband_models.evaluation.judged import Judged
from anyband_models.jobs.arena.results import Entry, Results, Settings

SETTINGS = Settings(seeds=1, anyband="0", reading={"scale": 1e-4})


def test_what_is_written_is_read_again(tmp_path):
    results = Results(SETTINGS, {"numpy": "2"})
    results.commands, results.unread = ["anyband-zoo arena"], {"b": "broken"}
    scores = {"psnr_missing": float("inf"), "crps": 1 / 3, "coverage_90": 0.0, "seconds": 1.0}
    results.add([Entry.of("a", "left", "k3", "linear", "", Judged(**scores))])
    results.add([Entry(scene="a", fit="none", family="k3", model="x", reason="why")])
    path = tmp_path / "arena.json"
    path.write_text(results.text())
    read = Results.read(path, SETTINGS, {"numpy": "2"})
    assert read.text() == results.text()
    assert read.entries == results.entries
    assert read.entries["a", "left", "k3", "linear"].judged.psnr_missing == float("inf")
    assert read.is_judged(("a", "left", "k3", "linear"))
    assert not read.is_judged(("a", "none", "k3", "x"))


def test_what_other_weights_scored_is_forgotten():
    results, judged = Results(SETTINGS, {}), Judged(seconds=1.0)
    models = {"linear": "", "prior": "aa", "anyband": "bb"}
    results.add(Entry.of("a", "left", "k3", *each, judged) for each in models.items())
    results.keep({"linear": "", "prior": "cc"})
    assert {key[-1] for key in results.entries} == {"linear", "anyband"}


def test_the_file_is_strict_json_an_entry_a_line():
    results = Results(SETTINGS, {})
    assert json.loads(results.text())["entries"] == []
    judged = Judged(psnr_missing=float("inf"), crps=1 / 3, seconds=2.0)
    results.add(Entry.of("a", "left", f"k{n}", "linear", "", judged) for n in (3, 5))
    told = json.loads(results.text(), parse_constant=lambda name: pytest.fail(name))
    assert told["entries"][0]["judged"] == {"psnr_missing": "inf", "crps": 0.333333, "seconds": 2.0}
    assert sum('"family"' in line for line in results.text().splitlines()) == 2
