"""Many atmospheres through 6S: a design of states, and their tables kept on disk as they come."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from itertools import product
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from emulator_training.atmosphere.settings import SETTINGS
from emulator_training.simulators.sixs import State, Table, input_text, parsed, program, run_program

# A fit is bad at its edges: what is fitted reaches a little beyond what is asked for.
FITTED = ((0.0, 72.0), (0.0, 32.0), (0.0, 180.0), (0.09, 5.6), (0.18, 0.48), (0.0, 0.85))
# The ends of the same. 6S prints no path for an aerosol below 0.001, and another one at zero.
OUTERMOST = (*FITTED[:5], (0.01, 0.85))
# The sun is low ahead: light is turned by 76 to 123°, as little as it can be.
AHEAD = ((50.0, 72.0), (12.0, 32.0), (125.0, 180.0), *OUTERMOST[3:])
ASKED = tuple((setting.low, setting.high) for setting in SETTINGS)
Ranges = Sequence[tuple[float, float]]


def corners(ranges: Ranges = OUTERMOST) -> list[State]:
    """Return the states at which every setting is the least or the most that it can be.

    Where sun or view is overhead there is one azimuth, the least.

    >>> len(corners())
    40
    """
    states = [State(*row) for row in product(*ranges)]
    return [s for s in states if s.azimuth == ranges[2][0] or min(s.sun_zenith, s.view_zenith) > 0]


def design(
    count: int, seed: int, ranges: Ranges = FITTED, *, on_edges: bool = False
) -> list[State]:
    """Return states that fill the ranges evenly: the first points of a scrambled Sobol sequence.

    Water vapour is even in its logarithm, and the optical depth of the aerosol in its root, so
    that there are more states where the light changes faster.

    Args:
        count: how many states.
        seed: of the scrambling.
        ranges: least and most of each setting, in the order of `State`.
        on_edges: put each setting of half of the states on the nearer end of its range.

    >>> [round(state.aod, 3) for state in design(3, seed=1)] == [
    ...     round(state.aod, 3) for state in design(5, seed=1)[:3]]
    True
    """
    sampler = qmc.Sobol(len(ranges), scramble=True, seed=seed)
    points = sampler.random_base2(int(np.ceil(np.log2(max(count, 2)))))[:count]
    if on_edges:
        points = np.clip(2 * points - 0.5, 0.0, 1.0)
    low, high = np.array(ranges).T
    low, high = _stretched(low), _stretched(high)
    values = _stretched(low + points * (high - low), back=True)
    return [State(*row) for row in values.tolist()]


def _stretched(values: np.ndarray, back: bool = False) -> np.ndarray:
    """Turn settings into what the design is even in, or back."""
    out = np.array(values, dtype=float)
    out[..., 3] = np.exp(out[..., 3]) if back else np.log(out[..., 3])
    out[..., 5] = np.square(out[..., 5]) if back else np.sqrt(out[..., 5])
    return out


def tables(states: Sequence[State], folder: Path) -> Iterator[Table]:
    """Run 6S on each state that the folder does not hold yet, and return all tables in order.

    What 6S prints is kept in one file a state, which appears whole, so that a run that was
    stopped goes on where it was. Files are named by the program and its input: another design
    finds those that it shares.

    Raises:
        SixSAbsentError, SixSLibraryError, SixSFailedError: as `simulate` does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    binary = program()
    edition = hashlib.sha256(binary.read_bytes()).hexdigest()
    for state in states:
        text = input_text(state)
        key = hashlib.sha256((edition + text).encode()).hexdigest()[:24]
        path = folder / f"{key}.txt"
        if not path.exists():
            printed = run_program(binary, text)
            parsed(printed)  # what is not whole is not kept
            partial = path.with_suffix(".partial")
            partial.write_text(printed, encoding="utf-8")
            partial.replace(path)
        yield parsed(path.read_text(encoding="utf-8"))


def values(states: Sequence[State]) -> np.ndarray:
    """Return the settings of states as an array ``(state, setting)``."""
    return np.array([astuple(state) for state in states])
