"""Simulations on disk, a shard a file: whole or not there, by this machine or a cluster."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from emulator_training.design import samples
from emulator_training.errors import MissingExtraError, SimulationError
from emulator_training.parameters import PARAMETERS
from emulator_training.shard import SimulationConfig, make_shard, pilot_basis, spectra_of
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
    """Return what the simulation will cost, from a few spectra."""
    parameters = samples(_TRIAL, config.seed)
    spectra_of(parameters[:10])
    start = time.perf_counter()
    spectra_of(parameters)
    each = (time.perf_counter() - start) / _TRIAL
    kept = 4 * (len(PARAMETERS) + config.columns)
    return Estimate(each * config.count / workers, kept * config.count)


def simulate(
    folder: Path,
    config: SimulationConfig,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> int:
    """Make the shards that are not there yet, and return how many these were.

    A file appears under its name when it is complete. What was killed goes on where it was.

    Args:
        folder: where they go; made if it is not there.
        config: what is simulated; of a folder that has been begun, the same.
        workers: how many processes.
        scheduler: the address of a `dask.distributed` scheduler, whose workers do it instead.
        progress: told how many shards are there, and how many there will be.

    Raises:
        SimulationError: if the folder holds another simulation, or the disk has no room.
        MissingExtraError: if there is a scheduler, and dask is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _begin(folder, config)
    basis = _basis(folder, config)
    wanted = [n for n in range(config.shards) if not shard_path(folder, n).exists()]
    _check_room(folder, config, len(wanted))
    run = _remote(scheduler) if scheduler else _local(workers)
    for done, (number, content) in enumerate(run(wanted, config, basis), start=1):
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


def read_basis(folder: Path) -> SpectralBasis:
    """Return the principal components of a simulation that keeps scores."""
    with np.load(folder / BASIS) as file:
        return SpectralBasis(file["mean"], file["components"], file["variance"])


def _begin(folder: Path, config: SimulationConfig) -> None:
    path = folder / MANIFEST
    if not path.exists():
        _appear(path, (json.dumps(config.model_dump(), indent=2) + "\n").encode())
        return
    there = read_manifest(folder)
    if there != config:
        old, new = there.model_dump(), config.model_dump()
        apart = ", ".join(f"{k} {old[k]!r}, not {new[k]!r}" for k in old if old[k] != new[k])
        raise SimulationError(
            f"{folder} holds another simulation: {apart}; choose another folder, or ask for "
            "what it holds"
        )


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
    return read_basis(folder)


def _check_room(folder: Path, config: SimulationConfig, shards: int) -> None:
    needed = shards * min(config.shard, config.count) * 4 * (len(PARAMETERS) + config.columns)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise SimulationError(
            f"the simulation needs {needed / 1e6:.0f} MB and {folder} has {free / 1e6:.0f} MB "
            "free; choose another folder, or keep less with --storage pca:40"
        )


def _appear(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


Run = Callable[[list[int], SimulationConfig, SpectralBasis | None], Iterator[tuple[int, bytes]]]


def _local(workers: int) -> Run:
    def run(
        numbers: list[int], config: SimulationConfig, basis: SpectralBasis | None
    ) -> Iterator[tuple[int, bytes]]:
        if workers == 1:
            yield from ((number, make_shard(number, config, basis)) for number in numbers)
            return
        # A forked process would inherit locks of torch's threads.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            jobs = {pool.submit(make_shard, number, config, basis): number for number in numbers}
            try:
                for job in as_completed(jobs):
                    yield jobs.pop(job), job.result()
            finally:
                pool.shutdown(cancel_futures=True)

    return run


def _remote(scheduler: str) -> Run:
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError("--scheduler", "dask[distributed]", "scale") from error

    def run(
        numbers: list[int], config: SimulationConfig, basis: SpectralBasis | None
    ) -> Iterator[tuple[int, bytes]]:
        try:
            client: Any = distributed.Client(scheduler, timeout="10s")  # type: ignore[no-untyped-call]
        except OSError as error:
            raise SimulationError(
                f"no scheduler answers at {scheduler}; start one with `dask scheduler`, and give "
                "the address that it prints"
            ) from error
        with client:
            shared = client.scatter(basis, broadcast=True)
            jobs = client.map(make_shard, numbers, config=config, basis=shared, pure=False)
            by_key = {job.key: number for job, number in zip(jobs, numbers, strict=True)}
            for job in distributed.as_completed(jobs):  # type: ignore[no-untyped-call]
                yield by_key[job.key], job.result()
                job.release()

    return run


def processors() -> int:
    """Return how many processors this process may use."""
    with suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
