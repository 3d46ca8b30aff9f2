"""`physops.get("srf")` on a ROSIS-sized cube to Sentinel-2A, against what others would run.

The cube has the size of Pavia University, 610 x 340 pixels in 103 bands from 430 to 860 nm, and
holds random numbers, since time does not depend on them. Baselines are the bare torch matrix
product in the same layout, and SPy's `BandResampler` as its documentation shows it, called with
each spectrum. Its matrix can also be multiplied with all spectra at once, by hand, which it does
not document; that is a dense product in NumPy, and given for comparison.
"""

from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Float32, Float64
from spectral import BandResampler

import physops
from benchmarks.ratio import Ratio, run_python, speed_ratio, time_ratio
from physops.resampling import SrfResampling
from srf_library import Band

ROWS, COLUMNS, BANDS = 610, 340, 103
ROUNDS = 31


def measure() -> dict[str, Ratio]:
    """Return the ratios of time for the cube, and for the import."""
    nm = np.linspace(430, 860, BANDS)
    operator = physops.get("srf", sensor="sentinel2a_msi", wavelengths=nm)
    assert isinstance(operator, SrfResampling)
    image = torch.rand(BANDS, ROWS, COLUMNS, generator=torch.Generator().manual_seed(0))
    pixels_last = image.permute(1, 2, 0).contiguous()
    holed = image.clone()
    holed[:, : ROWS // 10] = torch.nan
    weights = operator.weights.float()
    spy, cube = _spy(nm, operator.matrix.sensor), pixels_last.numpy()
    return {
        "bare product, band first": time_ratio(
            lambda: operator(image), lambda: weights @ image.reshape(BANDS, -1), 1.3, ROUNDS
        ),
        "bare product, band last": time_ratio(
            lambda: operator(pixels_last, band_dim=-1),
            lambda: pixels_last.reshape(-1, BANDS) @ weights.T,
            1.3,
            ROUNDS,
        ),
        "bare product, a tenth of the pixels without data": time_ratio(
            lambda: operator(holed), lambda: weights @ holed.reshape(BANDS, -1), 5, ROUNDS
        ),
        "SPy BandResampler": speed_ratio(
            lambda: operator(pixels_last, band_dim=-1),
            lambda: _each_spectrum(spy, cube, len(operator.target)),
            15,
            rounds=9,
        ),
        "SPy's matrix, all spectra at once": speed_ratio(
            lambda: operator(pixels_last, band_dim=-1), lambda: cube @ spy.matrix.T, 1, ROUNDS
        ),
        "import": time_ratio(
            lambda: run_python("import srf_library"),
            lambda: run_python("import numpy"),
            1.3,
            ROUNDS,
        ),
    }


def _spy(nm: Float64[np.ndarray, " band"], bands: Iterable[Band]) -> BandResampler:
    centroids, widths = zip(*((band.centroid, band.fwhm) for band in bands), strict=True)
    spacing = np.full(len(nm), nm[1] - nm[0])
    return BandResampler(nm, np.array(centroids), spacing, np.array(widths))


def _each_spectrum(
    resample: BandResampler, cube: Float32[np.ndarray, "y x band"], bands: int
) -> Float32[np.ndarray, "y x band_out"]:
    """Fill an image, spectrum by spectrum: what SPy's documentation shows."""
    result = np.empty((*cube.shape[:2], bands), dtype=cube.dtype)
    for y, x in np.ndindex(cube.shape[:2]):
        result[y, x] = resample(cube[y, x])
    return result
