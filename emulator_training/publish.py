"""From fitted to shipped: weights whose accuracy stands on their cards."""

import json
from pathlib import Path

from emulator_training.errors import SimulationError
from emulator_training.validation.gates import GATES, Accuracy, GateError
from emulator_training.validation.report import REPORT
from emulator_training.weights import SHIPPED, read, write


def publish(
    weights: Path, report: Path, folder: Path = SHIPPED, accepted: tuple[str, ...] = ()
) -> list[str]:
    """Copy weights, with what was measured on their cards, and return their names.

    Args:
        weights: the folder of weights and cards.
        report: the folder that `validate` has written.
        folder: where they go: into the package, if left out.
        accepted: gates that may be missed, by their labels.

    Raises:
        SimulationError: if there is no report.
        GateError: if a gate is missed that was not accepted.
        WeightFileError: if a file is corrupt.
    """
    accuracy = _accuracy(report)
    bad = [g.label for g in GATES if not g.kept(accuracy) and g.label not in accepted]
    if bad:
        raise GateError(bad)
    folder.mkdir(parents=True, exist_ok=True)
    for name, measured in accuracy.items():
        found = read(name, weights)
        rounded = {what: float(f"{value:.4g}") for what, value in measured.items()}
        card = found.card.model_copy(update={"accuracy": rounded})
        write(folder, dict(found.tensors), card)
    return list(accuracy)


def _accuracy(report: Path) -> Accuracy:
    try:
        return json.loads((report / REPORT).read_text(encoding="utf-8"))["accuracy"]
    except FileNotFoundError:
        raise SimulationError(
            f"{report} holds no {REPORT}; make it with "
            f"`emulator-train validate WEIGHTS -o {report}`"
        ) from None
