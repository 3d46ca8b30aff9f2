"""A ratio, and how it is measured."""

import subprocess
import sys
import time
from collections.abc import Callable
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
