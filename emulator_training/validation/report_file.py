"""What `validate` has found, as a file that `publish` reads."""

import json
from pathlib import Path

from pydantic import BaseModel, ValidationError, field_validator

from emulator_training.errors import ReportError
from emulator_training.validation.gates import GATES, Accuracy

REPORT = "accuracy.json"
OPERATORS = {gate.operator for gate in GATES}


class Report(BaseModel, frozen=True, extra="forbid"):
    """Accuracies, and what they are of.

    Attributes:
        canopies: how many of each kind they were measured on, and the seed of these.
        weights: the sha256 of each network's weights, by the name of the operator.
        accuracy: of each network, likewise.
        missed: the gates that are missed, in words.
    """

    canopies: dict[str, int]
    weights: dict[str, str]
    accuracy: Accuracy
    missed: list[str]

    @field_validator("weights", "accuracy")
    @classmethod
    def _of_all(cls, given: dict[str, object]) -> dict[str, object]:
        if set(given) != OPERATORS:
            raise ValueError(f"not one of each of {', '.join(sorted(OPERATORS))}")
        return given


def write_report(folder: Path, report: Report) -> None:
    """Write a report."""
    text = json.dumps(report.model_dump(), indent=2) + "\n"
    (folder / REPORT).write_text(text, encoding="utf-8")


def read_report(folder: Path) -> Report:
    """Return the report of a folder.

    Raises:
        ReportError: if there is none, or it is none of this version's.
    """
    again = f"`emulator-train validate WEIGHTS -o {folder}`"
    try:
        return Report.model_validate_json((folder / REPORT).read_bytes())
    except FileNotFoundError:
        raise ReportError(f"{folder} holds no {REPORT}; make it with {again}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        fault = f"its {where} is missing or wrong" if where else "it is not JSON of a report"
        raise ReportError(
            f"{folder / REPORT} cannot be read, {fault}; make it again with {again}"
        ) from error
