"""`repair` against the bare NumPy conditional Gaussian, on a real EnMAP scene.

The scene is the EnMAP mosaic of the shared data (``ANYBAND_DATA``, or ``../shared/data``): six
bands are missing everywhere. So that there is something to condition on, 30 % of the others are
taken from its eastern half as well (family ``random-30``, seed 0).

The baseline is what a scientist writes in twenty lines: mean and covariance of the complete
pixels, one solve, mean and variance of the missing bands, straight lines for the six. It reads
no file format, checks nothing and keeps no metadata.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from jaxtyping import Float32

from anyband_models.damage.detect import detect
from anyband_models.damage.protocols import draw
from anyband_models.files import staged
from anyband_models.jobs.repair import run_repair
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.pipeline import repair_scene
from anyband_models.scene.formats import read_scene, write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import Scene, make_scene
from benchmarks.ratio import Ratio, time_ratio

NO_DATA = -32768
GOAL = 1.5


def measure() -> dict[str, Ratio]:
    """Return the ratios of time in memory, of time from file to files, and of peak memory."""
    scene = damaged_scene()
    values, wavelength = scene.values, scene.wavelength
    with tempfile.TemporaryDirectory() as folder:
        source, array = Path(folder) / "scene.img", Path(folder) / "scene.npy"
        with staged() as stage:
            write_scene(scene, source, stage)
        np.save(array, scene.stored)

        def from_file() -> None:
            opened = read_scene(source)
            target = Path(folder) / "full.img"
            run_repair(opened, detect(opened), RepairConfig(), target, overwrite=True)

        def bare_from_file() -> None:
            stored = np.load(array)
            cube = np.where(stored == NO_DATA, np.nan, stored * 1e-4).astype(np.float32)
            mean, std = bare_gaussian(cube, wavelength)
            np.save(Path(folder) / "mean.npy", np.rint(mean * 1e4).astype(np.int16))
            np.save(Path(folder) / "std.npy", std)

        return {
            "time, in memory": time_ratio(
                lambda: repair_scene(scene),
                lambda: bare_gaussian(values, wavelength),
                GOAL,
                rounds=9,
            ),
            "time, file to files": time_ratio(from_file, bare_from_file, GOAL, rounds=9),
            "peak memory, file to files": memory_ratio(from_file, bare_from_file, GOAL),
        }


def damaged_scene() -> Scene:
    """Return the scene, as int16 reflectance x 1e4, without the bands taken away."""
    data = Path(os.environ.get("ANYBAND_DATA", "../shared/data"))
    path = data / "hyperspectral/enmap_potsdam_mosaic.npz"
    if not path.is_file():
        raise SystemExit(f"{path} is not there; set ANYBAND_DATA to the folder of the shared data")
    with np.load(path, allow_pickle=False) as file:
        cube, wavelength = file["cube"].transpose(2, 0, 1), file["wavelength_nm"]
        fwhm, good = file["fwhm_nm"], file["bbl"] == 1
    stored = np.where(np.isnan(cube), NO_DATA, np.rint(np.nan_to_num(cube))).astype("<i2")
    bands, rows, columns = stored.shape
    taken = draw("random-30", (bands, rows, columns), wavelength, good, seed=0)
    taken[:, :, : columns // 2] = False
    stored[taken] = NO_DATA
    ones = (1e-4,) * bands
    meta = SceneMeta(
        dtype="<i2", scale=ones, offset=(0.0,) * bands, scale_declared=True, nodata=NO_DATA
    )
    return make_scene(np.ascontiguousarray(stored), meta, wavelength, fwhm, good)


def bare_gaussian(
    cube: Float32[np.ndarray, "band y x"], wavelength: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the cube, its gaps filled; the baseline."""
    spectra = cube.reshape(len(cube), -1).astype(np.float64)
    mean, std = spectra.copy(), np.zeros_like(spectra)
    known = np.isfinite(spectra)
    seen = known.any(axis=1)
    complete = known[seen].all(axis=0)
    lacking = known.any(axis=0) & ~complete
    mu, covariance = (
        spectra[np.ix_(seen, complete)].mean(axis=1),
        np.cov(spectra[np.ix_(seen, complete)]),
    )
    o = known[np.ix_(seen, lacking)][:, 0]  # one pattern, as the damage has it
    bands = np.flatnonzero(seen)
    ridge = covariance + 1e-6 * np.diag(np.diag(covariance))
    gain = np.linalg.solve(ridge[np.ix_(o, o)], ridge[np.ix_(o, ~o)]).T
    departure = spectra[np.ix_(bands[o], lacking)] - mu[o, np.newaxis]
    mean[np.ix_(bands[~o], lacking)] = mu[~o, np.newaxis] + gain @ departure
    variance = np.diag(ridge[np.ix_(~o, ~o)] - gain @ ridge[np.ix_(o, ~o)])
    std[np.ix_(bands[~o], lacking)] = np.sqrt(variance)[:, np.newaxis]
    order = bands[np.argsort(wavelength[bands], kind="stable")]
    for band in np.flatnonzero(~seen):
        weights = [
            np.interp(wavelength[band], wavelength[order], unit) for unit in np.eye(len(order))
        ]
        mean[band] = np.asarray(weights) @ mean[order]
    return mean.reshape(cube.shape), std.reshape(cube.shape)


def memory_ratio(ours: Callable[[], object], baseline: Callable[[], object], goal: float) -> Ratio:
    """Return the ratio of peak resident memory above what stood before, sampled every ms."""
    mine, theirs = _peak(ours), _peak(baseline)
    detail = f"ours {mine / 1e6:.0f} MB, baseline {theirs / 1e6:.0f} MB"
    return Ratio(value=mine / theirs, goal=goal, better="lower", detail=detail)


def _peak(run: Callable[[], object]) -> float:
    process, peak, done = psutil.Process(), 0, threading.Event()
    before = process.memory_info().rss

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, process.memory_info().rss)
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        done.set()
        watcher.join()
    return peak - before
