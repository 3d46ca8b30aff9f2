"""From fitted to shipped: weights whose accuracy stands on their cards."""

from pathlib import Path

from emulator_training.errors import ReportError
from emulator_training.validation.gates import GATES, GateError, check_labels
from emulator_training.validation.report_file import REPORT, Report, read_report
from emulator_training.weights import SHIPPED, Weights, read_uncached, write


def publish(
    weights: Path, report: Path, folder: Path = SHIPPED, accepted: tuple[str, ...] = ()
) -> list[str]:
    """Copy weights, with what was measured on their cards, and return their names.

    Nothing is written before all is read and checked.

    Args:
        weights: the folder of weights and cards.
        report: the folder that `validate` has written.
        folder: where they go: into the package, if left out.
        accepted: gates that may be missed, by their labels.

    Raises:
        UnknownGateError: if there is no gate of a label.
        ReportError: if there is no report, or it is about other weights.
        GateError: if a gate is missed that was not accepted.
        WeightFileError: if a file is corrupt.
    """
    check_labels(accepted)
    told = read_report(report)
    found = {name: read_uncached(name, weights) for name in told.accuracy}
    _check_same(weights, report, found, told)
    bad = [g.label for g in GATES if not g.kept(told.accuracy) and g.label not in accepted]
    if bad:
        raise GateError(bad)
    folder.mkdir(parents=True, exist_ok=True)
    for name, measured in told.accuracy.items():
        rounded = {what: float(f"{value:.4g}") for what, value in measured.items()}
        card = found[name].card.model_copy(update={"accuracy": rounded})
        write(folder, dict(found[name].tensors), card)
    return list(told.accuracy)


def _check_same(weights: Path, report: Path, found: dict[str, Weights], told: Report) -> None:
    for name, own in found.items():
        if own.card.sha256 != told.weights[name]:
            raise ReportError(
                f"{report / REPORT} is not about {name} in {weights}: it measured weights with "
                f"the sha256 {told.weights[name][:12]}..., not {own.card.sha256[:12]}...; run "
                f"`emulator-train validate {weights} -o {report}` again"
            )
