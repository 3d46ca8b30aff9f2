import json
import math

import pytest

from emulator_training.errors import ReportError
from emulator_training.validation.report_file import OPERATORS, Report, read_report, write_report

GOOD = {
    "canopies": {"count": 10, "seed": 0},
    "weights": dict.fromkeys(OPERATORS, "ab"),
    "accuracy": {name: {"wide_rmse": 0.5} for name in OPERATORS},
    "missed": ["a"],
}


def test_a_report_comes_back(tmp_path):
    report = Report.model_validate(GOOD)
    report.accuracy["prosail_emulator"]["wide_rmse"] = math.nan
    write_report(tmp_path, report)
    found = read_report(tmp_path)
    assert math.isnan(found.accuracy["prosail_emulator"]["wide_rmse"])
    assert found.weights == report.weights
    assert found.missed == ["a"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "it is not JSON of a report"),
        ("", "it is not JSON of a report"),
        ("[]", "it is not JSON of a report"),
        ("{}", "its canopies is missing or wrong"),
        (json.dumps({"accuracy": {}}), "its canopies is missing or wrong"),
        (json.dumps(GOOD | {"accuracy": {}}), "its accuracy is missing or wrong"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "weights"}), "its weights is missing"),
        (
            json.dumps(GOOD | {"accuracy": {name: {"rmse": "x"} for name in OPERATORS}}),
            "its accuracy.prosail_",
        ),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(tmp_path, text, fault):
    (tmp_path / "accuracy.json").write_text(text)
    with pytest.raises(ReportError) as refusal:
        read_report(tmp_path)
    said = str(refusal.value)
    assert said.startswith(f"{tmp_path / 'accuracy.json'} cannot be read, {fault}")
    assert said.endswith(f"; make it again with `emulator-train validate WEIGHTS -o {tmp_path}`")
    assert "\n" not in said


def test_a_folder_without_a_report_is_refused(tmp_path):
    with pytest.raises(ReportError, match=r"holds no accuracy.json; make it with `emulator-train"):
        read_report(tmp_path)
