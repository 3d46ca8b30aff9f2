"""A run's state on disk: enough to go on as if it had not been interrupted."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from pydantic import BaseModel
from torch import Tensor

from anyband_models.diffusion.files import read_tensors
from anyband_models.errors import UsageError, WeightsError
from anyband_models.files import staged

POINTER = "checkpoint.json"
VERSION = 1
# What may change between a run and its continuation: how long it is, and how often it speaks.
_FREE = {"steps", "report_every", "keep_every"}


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of a run after a step.

    Attributes:
        step: how many were taken.
        skipped: how many of these were left out because something was not finite.
        in_a_row: how many of the last were.
        tensors: network, average and moments, by name.
    """

    step: int
    skipped: int
    in_a_row: int
    tensors: dict[str, Tensor]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """Return the arrays whose names begin so, without that."""
        return {
            name.removeprefix(prefix): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix)
        }


def write_checkpoint(
    folder: Path, config: BaseModel, spec: BaseModel, checkpoint: Checkpoint
) -> None:
    """Write a checkpoint, and only then forget the one before.

    Args:
        folder: of the run.
        config: of the run.
        spec: of its model.
        checkpoint: what is written.

    Raises:
        ResourceError: if the disk is full; the one before stands.
    """
    data = safetensors.torch.save(
        {name: tensor.contiguous().cpu() for name, tensor in checkpoint.tensors.items()}
    )
    name = f"checkpoint-{checkpoint.step:08d}.safetensors"
    pointer = {
        "version": VERSION,
        "step": checkpoint.step,
        "skipped": checkpoint.skipped,
        "in_a_row": checkpoint.in_a_row,
        "file": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "config": config.model_dump(mode="json"),
        "spec": spec.model_dump(mode="json"),
    }
    with staged(overwrite=True) as stage:
        stage(folder / name).write_bytes(data)
        stage(folder / POINTER).write_text(json.dumps(pointer, indent=1) + "\n", encoding="utf-8")
    for old in folder.glob("checkpoint-*.safetensors"):
        if old.name != name:
            old.unlink()


def read_checkpoint(folder: Path, config: BaseModel, spec: BaseModel) -> Checkpoint | None:
    """Return a run's last checkpoint; None if it has none.

    Raises:
        WeightsError: if its files are damaged, or of another version.
        UsageError: if the run was started with another config, or its scenes have changed.
    """
    path = folder / POINTER
    if not path.is_file():
        return None
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
        if (version := pointer["version"]) != VERSION:
            raise WeightsError(path, f"is of version {version!r}, and this program reads {VERSION}")
        # A setting that was not there yet was what it is by default.
        before = type(config).model_validate(pointer["config"]).model_dump(mode="json")
        learned = dict(pointer["spec"])
        name, sha256 = str(pointer["file"]), str(pointer["sha256"])
        step, skipped, in_a_row = (int(pointer[key]) for key in ("step", "skipped", "in_a_row"))
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(path, "does not describe a checkpoint") from error
    check_same(folder, config, before)
    if spec.model_dump(mode="json") != learned:
        raise UsageError(
            f"the scenes of the run in {folder} have changed since it was started: their bands or "
            "their values differ; bring them back, or start anew in another folder with -o"
        )
    tensors = read_tensors(folder / Path(name).name, sha256)
    return Checkpoint(step, skipped, in_a_row, tensors)


def check_same(folder: Path, config: BaseModel, before: dict[str, object]) -> None:
    """See that a run is gone on with as it was started, but for its length.

    Args:
        folder: of the run.
        config: of the run.
        before: with which it was started.

    Raises:
        UsageError: naming the settings that differ.
    """
    now = config.model_dump(mode="json")
    changed = [key for key in now if key not in _FREE and now[key] != before.get(key)]
    other = [name for key in changed for name in _differing(key, before.get(key), now[key])]
    if other:
        raise UsageError(
            f"the run in {folder} was started with another {', '.join(other)}; resume it with its "
            "own config, or write to another folder with -o"
        )


def _differing(name: str, before: object, now: object) -> Iterator[str]:
    """Yield the names of the settings in which two configs differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in now:
            if now[key] != before.get(key):
                yield from _differing(f"{name}.{key}", before.get(key), now[key])
    else:
        yield name


def moments(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return an optimiser's state as arrays by name."""
    state = optimiser.state_dict()["state"]
    return {f"moments.{at}.{k}": v for at, kept in state.items() for k, v in kept.items()}


def load_moments(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Give an optimiser the state that `moments` returned."""
    whole = optimiser.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("moments."):
            _, at, key = name.split(".")
            state.setdefault(int(at), {})[key] = tensor
    optimiser.load_state_dict({**whole, "state": state})
