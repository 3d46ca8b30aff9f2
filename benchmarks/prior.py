"""The models that know more than the scene's own spectra, against `gaussian`, which does not.

Indian Pines as it is packaged: the left half of its columns is support, of the right half bands
(family ``random-50``) or entries (``pixel-30``) are removed, seed 0. The baseline is the zoo's
`gaussian`, the bare conditional distribution; means alone are asked for. All run in turn, in one
thread; the shortest of three times counts. With ``pixel-30`` every pixel lacks other bands, and a
part of the scene has to do.

A tile bounds what the network of `anyband` needs beside the image: the last ratio is that of peak
memory with tiles of 64 and of 32 rows and columns.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from anyband_models.damage.protocols import draw
from anyband_models.models.contract import Observation
from anyband_models.models.registry import create_model
from anyband_models.scene.examples import indian_pines
from anyband_models.scene.pixels import as_pixels
from benchmarks.ratio import Ratio, best_times, peak_memory
from physops.bands import Bands

BASELINE = "gaussian"
# At most so many times as long as the baseline, whatever is missing.
GOALS = {"mixture": 3.0, "prior": 3.0, "anyband": 40.0}
# Rows and columns of the damaged part; None for all.
SIZES: dict[str, int | None] = {"random-50": None, "pixel-30": 32}
ROUNDS = 3
MEMORY_GOAL = 2.5  # areas are 4 to 1; image and prior take the same with both


def measure() -> dict[str, Ratio]:
    """Return the ratios of time and of peak memory."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ratios: dict[str, Ratio] = {}
        for family, size in SIZES.items():
            ratios |= _times(damaged(family, size), family)
    finally:
        torch.set_num_threads(threads)
    return ratios | {"anyband, peak memory, tiles of 64 to 32": _memory()}


def damaged(family: str, size: int | None) -> Observation:
    """Return the right half of the scene, damaged, with the left half as support.

    Args:
        family: of masks.
        size: rows and columns from the upper left that are kept; None for all.
    """
    scene = indian_pines()
    middle = scene.values.shape[2] // 2
    support = np.ascontiguousarray(as_pixels(scene.values[:, :, :middle]).T)
    truth = np.ascontiguousarray(scene.values[:, :size, middle:][:, :, :size])
    removed = draw(family, truth.shape, scene.wavelength, scene.good, 0)
    values = np.where(removed, np.float32(np.nan), truth)
    bands = Bands(scene.wavelength, scene.fwhm, scene.good)
    return Observation(values, ~removed, bands, support, scene.meta.quantity)


def _times(observation: Observation, family: str) -> dict[str, Ratio]:
    models = [create_model(name) for name in (BASELINE, *GOALS)]
    runs: dict[str, Callable[[], object]] = {
        model.card.name: partial(model.reconstruct, observation) for model in models
    }
    times = best_times(runs, ROUNDS)
    baseline = times[BASELINE]
    return {
        f"{name}, {family}": Ratio(
            value=times[name] / baseline,
            goal=goal,
            better="lower",
            detail=f"ours {times[name]:.3f} s, baseline {baseline:.3f} s, best of {ROUNDS}",
        )
        for name, goal in GOALS.items()
    }


def _memory() -> Ratio:
    large, small = (peak_memory(_repaired, tile) for tile in (64, 32))
    detail = f"tiles of 64 {large / 1e6:.0f} MB, of 32 {small / 1e6:.0f} MB"
    return Ratio(value=large / small, goal=MEMORY_GOAL, better="lower", detail=detail)


def _repaired(tile: int) -> None:
    """Repair the whole right half by `anyband`."""
    torch.set_num_threads(1)
    create_model("anyband", tile=tile).reconstruct(damaged("random-50", None))
