"""`repair` against the bare NumPy conditional Gaussian, on a real EnMAP scene.

The scene is the EnMAP mosaic of the shared data (``ANYBAND_DATA``, or ``../shared/data``): six
bands are missing everywhere. So that there is something to condition on, 30 % of the others are
taken from its eastern half as well (family ``random-30``, seed 0).

The baseline is what a scientist writes in twenty lines: mean and covariance of the complete
pixels, one solve, mean and variance of the missing bands, straight lines for the six. It reads
no file format, checks nothing and keeps no metadata. "time" compares the two in memory.
From file to files ours also keeps the metadata, writes provenance and caution, and hashes every
file, which the baseline does not.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
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
from benchmarks.ratio import Ratio, peak_memory, time_ratio

NO_DATA = -32768
GOAL = 1.5
GAUSSIAN = RepairConfig(model="gaussian")


def measure() -> dict[str, Ratio]:
    """Return the ratios of time in memory, of time from file to files, and of peak memory."""
    scene = damaged_scene()
    in_memory = time_ratio(
        lambda: repair_scene(
            scene.with_stored(scene.stored), GAUSSIAN
        ),  # nothing decoded beforehand
        lambda: bare_gaussian(decoded(scene.stored), scene.wavelength),
        GOAL,
        rounds=15,
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        to_files = time_ratio(lambda: ours(folder), lambda: bare(folder), GOAL, rounds=9)
    return {
        "time": in_memory,
        "peak memory, file to files": memory_ratio(ours, bare),
        "time, file to files": to_files,
    }


def prepare(folder: Path) -> None:
    """Put the scene into a folder, as ENVI for ours and as an array for the baseline."""
    scene = damaged_scene()
    with staged(overwrite=True) as stage:
        write_scene(scene, folder / "scene.img", stage)
    np.savez(folder / "scene.npz", stored=scene.stored, wavelength=scene.wavelength)


def ours(folder: Path) -> None:
    """Read, repair, check, write the cube, three layers and the manifest with its checksums."""
    scene = read_scene(folder / "scene.img")
    run_repair(scene, detect(scene), GAUSSIAN, folder / "full.img", overwrite=True)


def bare(folder: Path) -> None:
    """Load, condition, save the cube and its standard deviation."""
    with np.load(folder / "scene.npz") as file:
        stored, wavelength = file["stored"], file["wavelength"]
    mean, std = bare_gaussian(decoded(stored), wavelength)
    filled = np.nan_to_num(mean * 1e4, nan=NO_DATA)
    np.save(folder / "mean.npy", np.rint(filled).astype(np.int16))
    np.save(folder / "std.npy", std.astype(np.float32))


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


def decoded(stored: np.ndarray) -> Float32[np.ndarray, "band y x"]:
    """Return reflectance, NaN where there are no data."""
    return np.where(stored == NO_DATA, np.nan, stored * 1e-4).astype(np.float32)


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


def memory_ratio(ours: Callable[[Path], None], baseline: Callable[[Path], None]) -> Ratio:
    """Return the ratio of peak resident memory above what the imports take."""
    folder = Path(tempfile.mkdtemp())
    try:
        mine, theirs = _peak(ours, folder), _peak(baseline, folder)
    finally:
        shutil.rmtree(folder)
    detail = f"ours {mine / 1e6:.0f} MB, baseline {theirs / 1e6:.0f} MB"
    return Ratio(value=mine / theirs, goal=GOAL, better="lower", detail=detail)


def _peak(job: Callable[[Path], None], folder: Path) -> float:
    prepare(folder)
    return peak_memory(job, folder)
