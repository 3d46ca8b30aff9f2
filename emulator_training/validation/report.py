"""What `validate` finds, as JSON, and as plots."""

from collections.abc import Callable
from pathlib import Path

import torch
from jaxtyping import Float
from pydantic import ValidationError
from torch import Tensor

from emulator_training.band_response import GRID
from emulator_training.design import Kind
from emulator_training.errors import WeightFileError
from emulator_training.networks import BIOPHYSICAL
from emulator_training.parameters import PARAMETERS
from emulator_training.shard import SimulationConfig
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.simulators.tables import need_tables
from emulator_training.validation.forward import errors, forward_accuracy
from emulator_training.validation.gates import Accuracy, missed
from emulator_training.validation.held_out import HeldOut
from emulator_training.validation.inverse import inverse_accuracy
from emulator_training.validation.manifold import manifold_accuracy
from emulator_training.validation.report_file import Report, write_report
from emulator_training.weights import read, read_card
from physops import Bands

KINDS: tuple[Kind, Kind] = ("wide", "prior")
# The errors are shown over so many steps of each parameter.
_STEPS = 8


def validate(
    weights: Path,
    folder: Path,
    count: int,
    said: Callable[[str], None] = lambda what: None,
    *,
    seed: int | None = None,
) -> Accuracy:
    """Measure all networks of a folder, write the report, and return the accuracies.

    Args:
        weights: the folder of weights and cards.
        folder: where the report goes; made if it is not there.
        count: how many held-out canopies of each kind.
        said: told what is being measured.
        seed: of the design that the canopies are of: if left out, that which the networks were
            fitted to, of which the test split is held out.

    Raises:
        WeightFileError: if weights or a card are not there, or not as they should be.
        MissingExtraError: if PROSAIL is not installed, by which they are judged.
    """
    need_tables("validate")
    simulated = _simulated(weights)
    emulator = ProsailEmulator(Bands.at(GRID), folder=weights)
    accuracy: Accuracy = {"prosail_emulator": {}, "prosail_inverse": {}, "prosail_manifold": {}}
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[Kind, tuple[HeldOut, Tensor]] = {}
    with torch.no_grad():
        for kind in KINDS:
            said(f"{count} canopies, {kind}")
            canopies = HeldOut.of(simulated, kind, count, seed)
            with torch.enable_grad():
                found = forward_accuracy(emulator, canopies)
            parts = (
                found,
                inverse_accuracy(weights, canopies),
                manifold_accuracy(weights, canopies),
            )
            for name, part in zip(accuracy, parts, strict=True):
                accuracy[name] |= {f"{kind}_{what}": value for what, value in part.items()}
            drawn[kind] = (canopies, errors(emulator, canopies))
    judged = {"count": count, "seed": simulated.seed if seed is None else seed}
    # Those that were measured: they were read once.
    hashes = {name: read(name, weights).card.sha256 for name in accuracy}
    write_report(
        folder,
        Report(canopies=judged, weights=hashes, accuracy=accuracy, missed=missed(accuracy)),
    )
    _plot(folder, accuracy, drawn)
    return accuracy


def _simulated(weights: Path) -> SimulationConfig:
    """Return what the networks were fitted to."""
    data = read_card("prosail_emulator", weights).data
    try:
        return SimulationConfig.model_validate({k: data[k] for k in SimulationConfig.model_fields})
    except (KeyError, ValidationError) as error:
        fault = "have a card that does not say which simulation they were fitted to"
        raise WeightFileError("prosail_emulator", fault) from error


def by_step(
    values: Float[Tensor, " sample"], squared: Float[Tensor, " sample"], low: float, high: float
) -> Float[Tensor, " step"]:
    """Return the root mean squared error over equal steps of a parameter; NaN where none lies."""
    step = ((values - low) / (high - low) * _STEPS).long().clamp(0, _STEPS - 1)
    total = torch.zeros(_STEPS).index_add(0, step, squared)
    return (total / torch.bincount(step, minlength=_STEPS)).sqrt()


def _plot(folder: Path, accuracy: Accuracy, drawn: dict[Kind, tuple[HeldOut, Tensor]]) -> None:
    from matplotlib.figure import Figure  # slow to import

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for kind, (_, apart) in drawn.items():
        axes.plot(GRID, apart.square().mean(dim=0).sqrt(), label=kind)
    axes.set(xlabel="wavelength [nm]", ylabel="RMSE of the emulator [1]", ylim=(0, None))
    axes.legend()
    figure.savefig(folder / "error_by_wavelength.png", dpi=120)

    figure = Figure(figsize=(12, 8), layout="constrained")
    for axes, (number, parameter) in zip(
        figure.subplots(3, 5, sharey=True).flat, enumerate(PARAMETERS), strict=True
    ):
        width = (parameter.high - parameter.low) / _STEPS
        places = [parameter.low + width * (step + 0.5) for step in range(_STEPS)]
        for kind, (canopies, apart) in drawn.items():
            squared = apart.square().mean(dim=-1)
            values = canopies.parameters[:, number]
            rows = by_step(values, squared, parameter.low, parameter.high)
            axes.plot(places, rows, marker=".", label=kind)
        axes.set(xlabel=f"{parameter.title} [{parameter.unit}]", ylim=(0, None))
    figure.suptitle("RMSE of the emulator [1] by parameter")
    figure.savefig(folder / "error_by_parameter.png", dpi=120)

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    found = accuracy["prosail_inverse"]
    for offset, what in ((-0.2, "spectrum"), (0.2, "sentinel2")):
        scores = [max(found[f"wide_{what}_r2_{name}"], 0.0) for name in BIOPHYSICAL]
        axes.bar([place + offset for place in range(len(BIOPHYSICAL))], scores, 0.4, label=what)
    axes.set_xticks(range(len(BIOPHYSICAL)), BIOPHYSICAL)
    axes.set(ylabel="R² of the inverse, 1 % noise [1]", ylim=(0, 1))
    axes.legend()
    figure.savefig(folder / "inverse_by_parameter.png", dpi=120)
