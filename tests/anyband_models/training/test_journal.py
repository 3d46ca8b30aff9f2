"""What a run has reported."""

import json
import math

from anyband_models.training.journal import JOURNAL, Journal, record
from anyband_models.training.loop import Progress
from anyband_models.training.validation import Repaired


def at(step, loss=0.5, validation=None):
    return record(Progress(step, loss, {"pixel": math.inf}, 1e-3, 0), validation or {})


def test_a_record_is_a_line_and_what_is_not_finite_is_null(tmp_path):
    journal = Journal(tmp_path, 0)
    journal.add(at(1, math.nan))
    journal.add(at(2, 0.25, {"k5": Repaired(20.0, 18.5)}))
    first, second = map(json.loads, (tmp_path / JOURNAL).read_text().splitlines())
    assert first == {
        "step": 1, "loss": None, "physics": {"pixel": None}, "learning_rate": 1e-3, "skipped": 0,
    }  # fmt: skip
    assert second["validation"] == {"k5": {"model": 20.0, "linear": 18.5}}
    assert journal.last_validation == second["validation"]


def test_steps_that_are_taken_anew_are_forgotten(tmp_path):
    journal = Journal(tmp_path, 0)
    for step in range(1, 6):
        journal.add(at(step))
    again = Journal(tmp_path, 3)
    again.add(at(4, 9.0))
    lines = [json.loads(line) for line in (tmp_path / JOURNAL).read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert lines == again.records
    assert again.last_validation == {}


def test_a_line_that_was_cut_off_is_none(tmp_path):
    Journal(tmp_path, 0).add(at(1))
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"step": 2, "lo')
    assert [found["step"] for found in Journal(tmp_path, 5).records] == [1]
