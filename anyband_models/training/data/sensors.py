"""Band sets that scenes are simulated in: those of sensors, those like sensors', random ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Float32

import srf_library
from anyband_models.training.data.grid import GRID
from anyband_models.training.data.spectrometers import SPECTROMETERS, Detector
from physops.bands import Bands
from srf_library import response_matrix
from srf_library.errors import CoverageError

FEWEST, MOST = 4, 450
"""Numbers of bands that are drawn."""

# Materials are known from 400 to 2500 nm, and are taken to be flat so far beyond [nm].
_BEYOND = 35.0
_STEP = float(GRID[1] - GRID[0])
# Where a Gaussian is looked at, in standard deviations: beyond lies one hundredth of it.
_NODES = np.linspace(-2.6, 2.6, 53)
_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
_STD = 1 / np.sqrt(8 * np.log(2))
# The bands of water that providers leave out [nm].
_WATER = ((1340.0, 1450.0), (1790.0, 1970.0), (2455.0, 2600.0))


@dataclass(frozen=True, eq=False)
class BandSet:
    """Bands, and what each sees of a spectrum on `GRID`.

    Attributes:
        name: whose bands they are, or what they are like.
        bands: centres and widths [nm], which need not be in their order.
        matrix: rows sum to one.
    """

    name: str
    bands: Bands
    matrix: Float32[np.ndarray, "band 421"]

    def __len__(self) -> int:
        return len(self.matrix)


def gaussian(
    name: str,
    centres: Sequence[float] | Float[np.ndarray, " band"],
    fwhm: float | Sequence[float] | Float[np.ndarray, " band"],
) -> BandSet:
    """Return bands with Gaussian responses; between the grid's wavelengths spectra are straight.

    Args:
        name: what to call them.
        centres: in any order [nm].
        fwhm: full widths at half maximum [nm], one a band or one for all.

    >>> gaussian("two", [552.5, 860.0], 1.0).matrix[0, 30:32].round(2).tolist()
    [0.5, 0.5]
    """
    bands = Bands.at(np.asarray(centres, dtype=np.float64), fwhm)
    places = bands.wavelength[:, None] + _STD * bands.fwhm[:, None] * _NODES
    at = np.clip((places - GRID[0]) / _STEP, 0.0, len(GRID) - 1.0)
    left = np.minimum(at.astype(np.int64), len(GRID) - 2)
    share = at - left
    row = np.arange(len(bands))[:, None] * len(GRID)
    size = len(bands) * len(GRID)
    matrix = np.bincount((row + left).ravel(), ((1 - share) * _WEIGHTS).ravel(), size)
    matrix += np.bincount((row + left + 1).ravel(), (share * _WEIGHTS).ravel(), size)
    return BandSet(name, bands, matrix.reshape(len(bands), -1).astype(np.float32))


@cache
def real(sensor: str) -> BandSet:
    """Return the bands of a sensor of the library that lie in 400-2500 nm, by their responses.

    Raises:
        UnknownNameError: if no sensor is called so.
        CoverageError: if none lies there.
    """
    known = srf_library.get(sensor)
    matrix = response_matrix(known, GRID, method="integral-linear")
    seen = known.select([band.name for band, one in zip(known, matrix.usable, strict=True) if one])
    weights = matrix.weights[matrix.usable].astype(np.float32)
    return BandSet(known.id, Bands.of(seen), weights)


@cache
def real_names(fewest: int = FEWEST) -> tuple[str, ...]:
    """Return the sensors of the library of which that many bands lie in 400-2500 nm."""
    names = []
    for name in srf_library.list():
        try:
            if len(real(name)) >= fewest:
                names.append(name)
        except CoverageError:
            continue
    return tuple(names)


def draw(seed: int, number: int, fewest: int = FEWEST, most: int = MOST) -> BandSet:
    """Return a band set, a function of the seed and its number.

    A fifth are a real sensor's, two fifths are like a spectrometer's, the rest has one to three
    detectors that nobody built, or a few broad bands. At times the bands of water are left out,
    or some at random.

    Args:
        seed: of all band sets of a run.
        number: which.
        fewest: how many bands it has, at least.
        most: how many, at most.

    >>> a, b = draw(1, 5), draw(1, 5)
    >>> a.name == b.name and (a.matrix == b.matrix).all().item()
    True
    """
    key = np.array([seed, number], dtype=np.uint64)
    rng = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, 2]))
    while True:
        found = _drawn(rng, fewest, most)
        if found is not None and fewest <= len(found) <= most:
            return found


def _drawn(rng: np.random.Generator, fewest: int, most: int) -> BandSet | None:
    kind = rng.random()
    if kind < 0.2:
        names = real_names(fewest)
        return real(names[rng.integers(len(names))])
    if kind < 0.6:
        name = [*SPECTROMETERS][rng.integers(len(SPECTROMETERS))]
        return _placed(rng, f"like {name}", SPECTROMETERS[name], most)
    if kind < 0.85:
        return _placed(rng, "random spectrometer", _detectors(rng), most)
    return _broad(rng, max(fewest, 4))


def _placed(
    rng: np.random.Generator, name: str, detectors: tuple[Detector, ...], most: int
) -> BandSet | None:
    """Place bands as the detectors have them, a little elsewhere each time."""
    parts = [_of_detector(rng, detector) for detector in detectors]
    centres = np.concatenate([part[0] for part in parts])
    fwhm = np.concatenate([part[1] for part in parts])
    kept = (centres >= GRID[0] - _BEYOND) & (centres <= GRID[-1] + _BEYOND / 3)
    if rng.random() < 0.5:
        for low, high in _WATER:
            kept &= (centres < low) | (centres > high)
    if rng.random() < 0.3:
        kept &= rng.random(len(kept)) > rng.uniform(0.0, 0.15)
    rows = np.flatnonzero(kept)
    if len(rows) > most:
        first = rng.integers(len(rows) - most + 1)
        rows = rows[first : first + most]
    return gaussian(name, centres[rows], fwhm[rows]) if len(rows) else None


def _of_detector(
    rng: np.random.Generator, detector: Detector
) -> tuple[Float[np.ndarray, " band"], Float[np.ndarray, " band"]]:
    """Return centres and widths; spacing changes linearly along the detector."""
    count = max(round(2 * detector.length / (detector.spacing + detector.spacing_end)), 1)
    steps = np.linspace(detector.spacing, detector.spacing_end, count)
    steps *= detector.length / steps.sum() * rng.normal(1.0, 0.01)
    jitter = rng.normal(0.0, 0.02, count) * steps
    centres = detector.start + np.cumsum(steps) - steps / 2 + jitter
    centres += rng.uniform(-0.5, 0.5) * steps[0]
    wide = detector.ratio * rng.lognormal(0.0, 0.08) * (1 + rng.normal(0.0, 0.02, count))
    return centres, np.maximum(wide * steps, 1.0)


def _detectors(rng: np.random.Generator) -> tuple[Detector, ...]:
    """Draw one to three detectors that follow, or overlap, one another."""
    start = rng.uniform(GRID[0] - 20, 1100.0)
    end = rng.uniform(start + 150.0, GRID[-1])
    edges = np.sort(rng.uniform(start, end, rng.integers(0, 3)))
    bounds = [start, *edges, end]
    found = []
    for low, high in pairwise(bounds):
        over = rng.uniform(0.0, 80.0) if rng.random() < 0.5 and low > start else 0.0
        spacing = float(np.exp(rng.uniform(np.log(2.5), np.log(40.0))))
        change = rng.lognormal(0.0, 0.25)
        found.append(Detector(low - over, high, spacing, spacing * change, rng.uniform(0.8, 1.7)))
    return tuple(found)


def _broad(rng: np.random.Generator, fewest: int) -> BandSet:
    """Draw the few bands of a sensor that nobody built."""
    count = int(rng.integers(fewest, fewest + 13))
    top = GRID[-1] - 100 if rng.random() < 0.6 else 1000.0
    # Sensors have more of their bands where the light is: the square puts them there.
    centres = GRID[0] + 20 + (top - GRID[0]) * rng.random(count) ** 1.5
    least = np.exp(rng.uniform(np.log(8.0), np.log(40.0)))
    fwhm = np.minimum(least * (1 + 3 * rng.random(count)) * (centres / 600) ** 0.5, 200.0)
    return gaussian("broad bands", np.sort(centres), fwhm)
