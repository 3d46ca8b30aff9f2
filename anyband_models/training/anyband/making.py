"""Who makes examples: this process, or several."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from multiprocessing import get_context, parent_process, resource_tracker
from pathlib import Path

from anyband_models.errors import ResourceError
from anyband_models.training.anyband.examples import Examples
from anyband_models.training.anyband.store import Store

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Told = Callable[[int, int], None]


def make(examples: Examples, store: Store, count: int, processes: int, told: Told) -> None:
    """Make those of the first examples that are not there yet.

    Args:
        examples: how they are made.
        store: where they go.
        count: how many.
        processes: that share the work; with 1 it is done here.
        told: after each, how many are there, and how many there will be.

    Raises:
        ResourceError: if the disk is full, or a process is killed; what was made stands.
    """
    wanted = store.lacking(count)
    alone = processes == 1
    made = (
        _alone(examples, store, wanted) if alone else _together(examples, store, wanted, processes)
    )
    # Closed, so that what was interrupted does not make the rest all the same.
    with closing(made):
        for done, _ in enumerate(made, start=count - len(wanted) + 1):
            told(done, count)


def _alone(examples: Examples, store: Store, wanted: list[int]) -> Generator[None, None, None]:
    for number in wanted:
        store.write(number, examples.example(number))
        yield


def _together(
    examples: Examples, store: Store, wanted: list[int], processes: int
) -> Generator[None, None, None]:
    # A forked process would inherit locks of torch's threads.
    context = get_context("spawn")
    begun = (examples, store.folder)
    with _one_thread_each(), ProcessPoolExecutor(processes, context, _begin, begun) as pool:
        try:
            with _deaf_children():
                jobs = [pool.submit(_make_one, number) for number in wanted]
            for job in as_completed(jobs):
                yield job.result()
        except BrokenProcessPool as error:
            raise ResourceError(
                "a process that made examples was killed, perhaps for want of memory; what was "
                "made stands: go on with --resume and fewer --processes"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


_given: tuple[Examples, Store] | None = None


def _begin(examples: Examples, folder: Path) -> None:
    """Prepare a process, which is to end with its parent."""
    global _given
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _given = examples, Store(folder)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None  # it is a process of a pool
    parent.join()
    os._exit(1)


def _make_one(number: int) -> None:
    assert _given is not None  # `_begin` has run
    examples, store = _given
    store.write(number, examples.example(number))


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes that are started meanwhile not hear Ctrl-C: it is their parent's to answer."""
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


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that are started meanwhile compute in one thread each."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
