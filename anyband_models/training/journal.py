"""What a run has reported: a line of JSON for each report, kept across interruptions."""

import json
import math
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from anyband_models.files import staged
from anyband_models.training.loop import Progress
from anyband_models.training.validation import Repaired

JOURNAL = "progress.jsonl"


class Scored(TypedDict):
    """A family of masks: PSNR of the one-step mean, and of straight lines [dB]."""

    model: float
    linear: float


class Record(TypedDict):
    """A report; null is what was not finite."""

    step: int
    loss: float | None
    physics: dict[str, float | None]
    learning_rate: float
    skipped: int
    validation: NotRequired[dict[str, Scored]]
    gain: NotRequired[dict[str, float]]
    """Of `anyband`, by family of masks: decibels over its prior."""


def record(progress: Progress, validation: dict[str, Repaired]) -> Record:
    """Return the record of a step."""
    found = Record(
        step=progress.step,
        loss=_finite(progress.loss),
        physics={name: _finite(term) for name, term in progress.physics.items()},
        learning_rate=progress.learning_rate,
        skipped=progress.skipped,
    )
    if validation:
        found["validation"] = {
            family: Scored(model=round(scores.model, 3), linear=round(scores.linear, 3))
            for family, scores in validation.items()
        }
    return found


class Journal:
    """The records of a run's folder.

    Args:
        folder: of the run.
        step: the run stands there: what was reported of later steps is forgotten, as they are
            taken anew.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self.path = folder / JOURNAL
        self.records = [found for found in _read(self.path) if found["step"] <= step]
        with staged(overwrite=True) as stage:
            lines = (json.dumps(found) + "\n" for found in self.records)
            stage(self.path).write_text("".join(lines), encoding="utf-8")

    @property
    def last_validation(self) -> dict[str, Scored]:
        """The scores of the last validation; empty if there was none."""
        scores = [found["validation"] for found in self.records if "validation" in found]
        return scores[-1] if scores else {}

    def add(self, found: Record) -> None:
        """Write a record down."""
        self.records.append(found)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")


def _read(path: Path) -> list[Record]:
    """Return the records of a file; a line that was cut off is none."""
    records: list[Record] = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and isinstance(found.get("step"), int):
                records.append(cast(Record, found))
    return records


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
