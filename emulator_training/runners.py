"""Who makes the shards: this process, several of this machine, or a cluster."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from typing import Any

from emulator_training import interrupts
from emulator_training.errors import (
    MissingExtraError,
    SchedulerAddressError,
    SimulationError,
    WorkerDiedError,
)
from emulator_training.shard import SimulationConfig, make_shard
from emulator_training.spectral_basis import SpectralBasis

Shards = Generator[tuple[int, bytes], None, None]
Run = Callable[[list[int], SimulationConfig, SpectralBasis | None], Shards]


def processors() -> int:
    """Return how many processors this process may use."""
    with suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def local(workers: int) -> Run:
    """Return what makes shards on this machine, one after the other or in processes.

    Raises:
        WorkerDiedError: while it runs, if a process ends that should not.
    """

    def run(numbers: list[int], config: SimulationConfig, basis: SpectralBasis | None) -> Shards:
        if workers == 1:
            for number in numbers:
                interrupts.answer()
                yield number, make_shard(number, config, basis)
            return
        # A forked process would inherit locks of torch's threads.
        with ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_end_with_parent
        ) as pool:
            try:
                with _deaf_children():
                    jobs = {pool.submit(make_shard, n, config, basis): n for n in numbers}
                for job in as_completed(jobs):
                    interrupts.answer()
                    yield jobs.pop(job), job.result()
            except BrokenProcessPool as error:
                raise WorkerDiedError(workers) from error
            finally:
                pool.shutdown(cancel_futures=True)

    return run


def remote(scheduler: str) -> Run:
    """Return what makes shards on a `dask.distributed` cluster.

    Raises:
        MissingExtraError: if dask is not installed.
        SchedulerAddressError: while it runs, if the address is none.
        SimulationError: likewise, if nobody answers there.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError("--scheduler", "dask[distributed]", "scale") from error

    def run(numbers: list[int], config: SimulationConfig, basis: SpectralBasis | None) -> Shards:
        try:
            client: Any = distributed.Client(scheduler, timeout="10s")  # type: ignore[no-untyped-call]
        except (ValueError, AssertionError) as error:  # the latter of a port that is no number
            raise SchedulerAddressError(scheduler) from error
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


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes that are started meanwhile not hear Ctrl-C: it is their parent's to answer.

    It is held back from the parent only until they are started.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not on every system
        yield
        return
    # It is started with the first process, and then would undo what is done here.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """See to it that this process ends when its parent does, however that came about."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    assert parent is not None  # it is a process of a pool
    parent.join()
    os._exit(1)
