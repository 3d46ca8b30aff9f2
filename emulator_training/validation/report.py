"""What `validate` finds, as JSON."""

from collections.abc import Callable
from pathlib import Path

import torch
from pydantic import ValidationError

from emulator_training.band_response import GRID
from emulator_training.design import KINDS, Kind
from emulator_training.errors import WeightFileError
from emulator_training.shard import SimulationConfig
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.simulators.tables import need_tables
from emulator_training.validation.forward import errors, forward_accuracy
from emulator_training.validation.gates import Accuracy, missed
from emulator_training.validation.held_out import HeldOut
from emulator_training.validation.inverse import inverse_accuracy
from emulator_training.validation.manifold import manifold_accuracy
from emulator_training.validation.plots import Drawn, plot
from emulator_training.validation.report_file import Report, write_report
from emulator_training.weights import read, read_card
from physops import Bands

# What the inverse and the manifold are judged by; the emulator is by all kinds.
_USUAL: tuple[Kind, ...] = ("wide", "prior")


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
    drawn: Drawn = {}
    with torch.no_grad():
        for kind in KINDS:
            said(f"{count} canopies, {kind}")
            canopies = HeldOut.of(simulated, kind, count, seed)
            with torch.enable_grad():
                found = forward_accuracy(emulator, canopies)
            parts = {"prosail_emulator": found}
            if kind in _USUAL:
                parts["prosail_inverse"] = inverse_accuracy(weights, canopies)
                parts["prosail_manifold"] = manifold_accuracy(weights, canopies)
            if kind == "wide":
                # As most satellites see them, which is where the prior is.
                nadir = inverse_accuracy(weights, canopies.seen_from(30.0, 0.0, 90.0))
                parts["prosail_inverse"] |= {f"nadir_{what}": v for what, v in nadir.items()}
            for name, part in parts.items():
                accuracy[name] |= {f"{kind}_{what}": value for what, value in part.items()}
            drawn[kind] = (canopies, errors(emulator, canopies))
    judged = {"count": count, "seed": simulated.seed if seed is None else seed}
    # Those that were measured: they were read once.
    hashes = {name: read(name, weights).card.sha256 for name in accuracy}
    write_report(
        folder,
        Report(canopies=judged, weights=hashes, accuracy=accuracy, missed=missed(accuracy)),
    )
    plot(folder, accuracy, drawn)
    return accuracy


def _simulated(weights: Path) -> SimulationConfig:
    """Return what the networks were fitted to."""
    data = read_card("prosail_emulator", weights).data
    try:
        return SimulationConfig.model_validate({k: data[k] for k in SimulationConfig.model_fields})
    except (KeyError, ValidationError) as error:
        fault = "have a card that does not say which simulation they were fitted to"
        raise WeightFileError("prosail_emulator", fault) from error
