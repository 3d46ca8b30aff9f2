"""Measured scenes whose licence allows weights to be trained on them.

They are no part of the project: FOLDER (else $ANYBAND_DATA) holds them.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from anyband_models.scene.meta import Quantity
from physops.bands import Bands


class RealScene(NamedTuple):
    """A scene that was measured.

    Attributes:
        name: for people.
        values: physical; NaN = no data.
        bands: its own.
        quantity: what the values are.
        often: how often it is drawn, beside others.
    """

    name: str
    values: Float32[np.ndarray, "band y x"]
    bands: Bands
    quantity: Quantity
    often: float


SOURCES = {
    "indian_pines": "AVIRIS Indian Pines, left half, doi:10.4231/R7RX991C, CC BY 3.0",
    "muufl_sub": "MUUFL Gulfport, left half, CASI reflectance, GatorSense, MIT",
    "emit_10x10": "EMIT L2A, a chip of 10 by 10 pixels, emit-sds/SpectralUnmixing, Apache-2.0",
    "terramind_*": "Sentinel-2 L2A, three tiles, IBM/terramind, Apache-2.0; contains modified "
    "Copernicus Sentinel data",
    "hls_l30_10band": "Harmonized Landsat Sentinel-2 L30, terrastackai/terratorch, Apache-2.0",
}
# Water vapour leaves noise there, which some providers mark by a constant [nm].
_WATER = ((1345.0, 1430.0), (1800.0, 1960.0))


def real_scenes(folder: Path) -> list[RealScene]:
    """Return the scenes of a folder; those that are not there are left out."""
    found = []
    hyper, multi = folder / "hyperspectral", folder / "multispectral"
    found += _read(hyper / "indian_pines.npz", "cube", "wavelength_nm_fixed_guess", 1e-4, 0.4, True)
    found += _read(hyper / "muufl_sub.npz", "cube", "wavelength_nm", 1.0, 0.25, True)
    found += _read(hyper / "emit_10x10.npz", "cube", "wavelength_nm", 1.0, 0.05)
    for path in sorted(multi.glob("terramind_*.npz")):
        found += _read(path, "l2a", "wavelength_l2a", 1e-4, 0.08)
    found += _read(multi / "hls_l30_10band.npz", "cube", "wavelength_nm", 1e-4, 0.06)
    return found


def _read(
    path: Path, cube: str, wavelength: str, scale: float, often: float, left_half: bool = False
) -> list[RealScene]:
    if not path.is_file():
        return []
    with np.load(path, allow_pickle=False) as held:
        values = np.float32(scale) * held[cube].transpose(2, 0, 1).astype(np.float32)
        # On the right halves of these two models are judged.
        values = values[:, :, : values.shape[2] // 2] if left_half else values
        nm = held[wavelength].astype(np.float64)
        fwhm = held["fwhm_nm"] if "fwhm_nm" in held else np.full(len(nm), np.nan)
    dry = np.all([(nm < low) | (nm > high) for low, high in _WATER], axis=0)
    if len(nm) < 20:  # a broad band in the water is cirrus, and means something
        dry[:] = True
    varies = np.array([band.std() > 1e-6 for band in values])
    kept = dry & varies & (nm > 385) & (nm < 2480)
    bands = Bands(nm[kept], fwhm[kept], np.ones(np.count_nonzero(kept), dtype=bool))
    radiance = path.stem == "indian_pines"
    quantity = Quantity.DN if radiance else Quantity.REFLECTANCE
    return [RealScene(path.stem, np.ascontiguousarray(values[kept]), bands, quantity, often)]
