"""A ratio, and how it is measured."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Literal

from pydantic import BaseModel


class Ratio(BaseModel, frozen=True, extra="forbid"):
    """Ours over the baseline's.

    Attributes:
        value: the ratio [1].
        goal: the most, or the least, that it should be [1].
        better: which way is better.
        detail: both measurements in words.
    """

    value: float
    goal: float
    better: Literal["lower", "higher"]
    detail: str = ""


def time_ratio(
    ours: Callable[[], object], baseline: Callable[[], object], goal: float, rounds: int
) -> Ratio:
    """Run both in turn, after one warm-up each, and return the ratio of their median times."""
    mine, theirs, detail = _medians(ours, baseline, rounds)
    return Ratio(value=mine / theirs, goal=goal, better="lower", detail=detail)


def speed_ratio(
    ours: Callable[[], object], baseline: Callable[[], object], goal: float, rounds: int
) -> Ratio:
    """Do the same, and return how many times faster ours is."""
    mine, theirs, detail = _medians(ours, baseline, rounds)
    return Ratio(value=theirs / mine, goal=goal, better="higher", detail=detail)


def best_times(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Run all in turn, after one warm-up each, and return the shortest time of each [s]."""
    for run in runs.values():
        run()
    times = [{name: _seconds(run) for name, run in runs.items()} for _ in range(rounds)]
    return {name: min(each[name] for each in times) for name in runs}


def peak_memory(job: Callable[..., None], *given: object) -> float:
    """Run a job in a process of its own, whose memory nobody has used before.

    Returns:
        Peak resident memory above what the imports take [B].
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, job, *given).result()


def run_python(code: str) -> None:
    """Run a few lines as a process of their own."""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def _medians(
    ours: Callable[[], object], baseline: Callable[[], object], rounds: int
) -> tuple[float, float, str]:
    ours(), baseline()
    times = [(_seconds(ours), _seconds(baseline)) for _ in range(rounds)]
    mine, theirs = (median(column) for column in zip(*times, strict=True))
    detail = f"ours {mine:.3f} s, baseline {theirs:.3f} s, medians of {rounds}"
    return mine, theirs, detail


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _measured(job: Callable[..., None], *given: object) -> float:
    before = _resident_peak()
    job(*given)
    return _resident_peak() - before


def _resident_peak() -> float:
    # Not getrusage: there a new process begins with its parent's peak. Linux only.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * float(status.split("VmHWM:")[1].split()[0])
