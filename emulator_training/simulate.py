"""Simulations on disk, a shard a file: whole or not there, by this machine or a cluster."""

import json
import re
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from emulator_training.amounts import size
from emulator_training.design import samples
from emulator_training.errors import NoRoomError, SimulationError
from emulator_training.npz import read_arrays
from emulator_training.parameters import PARAMETERS
from emulator_training.runners import local, remote
from emulator_training.shard import SimulationConfig, pilot_basis, read_shard, spectra_of
from emulator_training.simulators.tables import LONGEST, SHORTEST, need_tables
from emulator_training.spectral_basis import SpectralBasis

MANIFEST, BASIS = "manifest.json", "basis.npz"
# How many spectra are made to see how long all will take.
_TRIAL = 200
Progress = Callable[[int, int], None]


class Estimate(NamedTuple):
    """What a simulation will cost: time [s], and room on the disk [bytes]."""

    seconds: float
    bytes: int


def estimate(config: SimulationConfig, workers: int) -> Estimate:
    """Return what the simulation will cost, from a few spectra.

    Raises:
        MissingExtraError: if PROSAIL is not installed.
    """
    need_tables("simulate")
    parameters = samples(_TRIAL, config.seed)
    spectra_of(parameters[:10])
    start = time.perf_counter()
    spectra_of(parameters)
    each = (time.perf_counter() - start) / _TRIAL
    return Estimate(each * config.count / workers, _bytes(config))


def simulate(
    folder: Path,
    config: SimulationConfig,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> int:
    """Make the shards that are not there yet, or damaged, and return how many these were.

    A file appears under its name when it is complete. What was killed goes on where it was.

    Args:
        folder: where they go; made if it is not there.
        config: what is simulated; of a folder that has been begun, the same.
        workers: how many processes.
        scheduler: the address of a `dask.distributed` scheduler, whose workers do it instead.
        progress: told how many shards are there, and how many there will be.

    Raises:
        SimulationError: if the folder holds another simulation, or its basis is damaged; or if a
            scheduler does not answer.
        NoRoomError: if the disk has no room; nothing is written then.
        WorkerDiedError: if a process ends that should not.
        MissingExtraError: if PROSAIL is not installed, or dask for a scheduler is not.
    """
    need_tables("simulate")
    begun = _begun(folder, config)
    _check_room(folder, config)
    run = local(workers) if scheduler is None else remote(scheduler)
    folder.mkdir(parents=True, exist_ok=True)
    if not begun:
        _appear(folder / MANIFEST, (json.dumps(config.model_dump(), indent=2) + "\n").encode())
    basis = _basis(folder, config)
    wanted = _wanted(folder, config)
    # Closed, so that what was interrupted does not make the rest all the same.
    with closing(run(wanted, config, basis)) as made:
        for done, (number, content) in enumerate(made, start=1):
            _appear(shard_path(folder, number), content)
            if progress is not None:
                progress(config.shards - len(wanted) + done, config.shards)
    return len(wanted)


def shard_path(folder: Path, number: int) -> Path:
    """Return where a shard lies."""
    return folder / f"shard-{number:05d}.npz"


def read_manifest(folder: Path) -> SimulationConfig:
    """Return what a folder holds.

    Raises:
        SimulationError: if it holds no simulation.
    """
    try:
        return SimulationConfig.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise SimulationError(
            f"{folder} holds no simulation; make one with `emulator-train simulate -o {folder}`"
        ) from None
    except ValidationError as error:
        raise SimulationError(
            f"{folder / MANIFEST} cannot be read; make the simulation anew in another folder"
        ) from error


def read_basis(folder: Path, config: SimulationConfig) -> SpectralBasis:
    """Return the principal components of a simulation that keeps scores.

    Raises:
        SimulationError: if they are not there, or damaged.
    """
    path, wavelengths = folder / BASIS, LONGEST - SHORTEST + 1
    shapes = {
        "mean": (wavelengths,),
        "components": (config.columns, wavelengths),
        "variance": (config.columns,),
    }
    if not path.exists():
        raise SimulationError(
            f"the simulation in {folder} is not finished: {BASIS} is not there; run "
            "`emulator-train simulate` again"
        )
    arrays = read_arrays(path.read_bytes(), shapes)
    if arrays is None:
        raise SimulationError(
            f"{path} is damaged; delete it and run `emulator-train simulate` again, which makes it "
            "anew"
        )
    return SpectralBasis(**arrays)


def _begun(folder: Path, config: SimulationConfig) -> bool:
    """Tell whether the simulation has been begun in a folder, which is to hold no other."""
    if not (folder / MANIFEST).exists():
        return False
    there = read_manifest(folder)
    if there != config:
        old, new = there.model_dump(), config.model_dump()
        apart = ", ".join(f"{k} {old[k]!r}, not {new[k]!r}" for k in old if old[k] != new[k])
        raise SimulationError(
            f"{folder} holds another simulation: {apart}; choose another folder, or ask for "
            "what it holds"
        )
    return True


def _basis(folder: Path, config: SimulationConfig) -> SpectralBasis | None:
    if not config.storage.startswith("pca:"):
        return None
    path = folder / BASIS
    if not path.exists():
        basis = pilot_basis(config)
        assert basis is not None  # the storage has components
        partial = path.with_name(f".{BASIS}.partial.npz")
        np.savez(partial, **vars(basis))
        partial.replace(path)
    return read_basis(folder, config)


def _wanted(folder: Path, config: SimulationConfig) -> list[int]:
    """Return the numbers of the shards that are not there, or damaged."""
    return [
        number
        for number in range(config.shards)
        if not (path := shard_path(folder, number)).exists()
        or read_shard(path.read_bytes(), number, config) is None
    ]


def _check_room(folder: Path, config: SimulationConfig) -> None:
    """Refuse what the disk cannot hold, without looking for each shard: there may be very many."""
    there = sum(path.stat().st_size for path in folder.glob("shard-*.npz"))
    needed = _bytes(config) - there
    home = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(home).free
    if needed > free:
        less = not re.fullmatch(r"pca:[1-3]?\d|pca:40", config.storage)
        hint = "less with --storage pca:40" if less else "fewer with --n"
        raise NoRoomError(
            f"the simulation needs {size(needed)} and {folder} has {size(free)} free; choose "
            f"another folder, or keep {hint}"
        )


def _bytes(config: SimulationConfig) -> int:
    return 4 * (len(PARAMETERS) + config.columns) * config.count


def _appear(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
