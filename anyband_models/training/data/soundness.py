"""Which spectra are sound, and which of them are new."""

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import median_filter
from scipy.spatial import cKDTree

from anyband_models.training.data.grid import GRID, Spectra

LOWEST, HIGHEST = -0.02, 1.2
"""What a reflectance can be [1]: below is a fault of calibration, above more than glints."""

# A spike stands out of the median over 45 nm [1].
_SPIKE, _WINDOW = 0.08, 9
# Where field spectrometers change detectors [nm], and how much more a spectrum changes over 5 nm
# there than 15 nm before and after, if it has a step; minerals have edges as steep elsewhere.
_JOINTS, _STEP, _APART = (1000.0, 1830.0), 0.04, 3
_AT = np.array([np.flatnonzero(np.abs(GRID - nm) <= 15.0) for nm in _JOINTS]).ravel()
# Noise of a spectrum [1]: the median size of its third differences.
_NOISE = 0.004
# Spectra nearer than this, as root mean square [1], are one.
_SAME = 0.003
_COMPONENTS = 12


def sound(spectra: Spectra) -> Bool[np.ndarray, " spectrum"]:
    """Return which spectra are complete, possible, and neither spiked, stepped nor noisy."""
    whole = np.isfinite(spectra).all(axis=1)
    values = np.where(np.isfinite(spectra), spectra, 0.0)
    possible = (values.min(axis=1) >= LOWEST) & (values.max(axis=1) <= HIGHEST)
    spike = np.abs(values - median_filter(values, size=(1, _WINDOW), mode="nearest"))
    slope = np.diff(values, axis=1)
    step = np.abs(slope[:, _AT] - (slope[:, _AT - _APART] + slope[:, _AT + _APART]) / 2)
    noise = np.median(np.abs(np.diff(values, 3, axis=1)), axis=1)
    even = (spike.max(axis=1) <= _SPIKE) & (step.max(axis=1) <= _STEP)
    return whole & possible & even & (noise <= _NOISE)


def distinct(spectra: Spectra) -> Bool[np.ndarray, " spectrum"]:
    """Return which spectra differ from all kept ones before them by 0.003 or more, on average."""
    kept = np.ones(len(spectra), dtype=bool)
    for first, second in _near(spectra):
        if kept[first]:
            kept[second] = False
    return kept


def _near(spectra: Spectra) -> list[tuple[int, int]]:
    """Return pairs that are near one another, in their order."""
    scaled = (spectra - spectra.mean(axis=0)) / np.sqrt(spectra.shape[1])
    _, axes = np.linalg.eigh(scaled.T @ scaled)
    # Distances along some axes are never greater than along all: no near pair is passed over.
    pairs = cKDTree(scaled @ axes[:, -_COMPONENTS:]).query_pairs(_SAME, output_type="ndarray")
    apart: Float[np.ndarray, " pair"] = np.linalg.norm(
        scaled[pairs[:, 0]] - scaled[pairs[:, 1]], axis=1
    )
    near = pairs[apart < _SAME]
    ordered = near[np.lexsort((near[:, 1], near[:, 0]))]
    return [(int(first), int(second)) for first, second in ordered]
