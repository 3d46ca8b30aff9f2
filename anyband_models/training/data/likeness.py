"""How like measured scenes simulated ones are, in numbers; run by hand.

    python -m anyband_models.training.data.likeness FOLDER [CACHE.npz]

Each scene is compared with 40 simulated ones in its own bands and size: the tenth, the middle and
the ninetieth of 100. Bands are divided by their means first, for some scenes are not reflectance.
"""

import sys
from pathlib import Path

import numpy as np
from jaxtyping import Float

from anyband_models.training.data.materials import Materials, load
from anyband_models.training.data.scenes import simulate
from anyband_models.training.data.sensors import gaussian

SCENES = {
    "indian_pines": "wavelength_nm_fixed_guess",
    "muufl_sub": "wavelength_nm",
    "emit_10x10": "wavelength_nm",
    "aviris_vi_demo": "wavelength_nm",
}
_SIMULATED = 40
# Rows and columns that are looked at.
_LARGEST = 96
_WIDTH = 10.0

Pixels = Float[np.ndarray, "band row col"]


def statistics(values: Pixels, wavelength: Float[np.ndarray, " band"]) -> dict[str, float]:
    """Return what is known of a scene whose bands are in the order of their wavelengths.

    The noise of a band is what its two neighbours and their mean spectrum do not tell of it.

    Args:
        values: of any unit; NaN nowhere.
        wavelength: of its bands [nm].
    """
    centre = values.mean(axis=(1, 2))
    relative = values / np.maximum(np.abs(centre), 1e-3 * np.abs(centre).max())[:, None, None]
    flat = relative.reshape(len(values), -1).astype(np.float64)
    flat = flat - flat.mean(axis=1, keepdims=True)
    covariance = flat @ flat.T / flat.shape[1]
    spread = np.sqrt(np.diag(covariance)) + 1e-9
    correlation = covariance / np.outer(spread, spread)
    shares = np.linalg.eigvalsh(covariance)[::-1].clip(0)
    shares = np.cumsum(shares) / shares.sum()
    noise = _noise(flat)
    middle = relative - relative.mean(axis=(1, 2), keepdims=True)
    return {
        "contrast": float(np.median(spread)),
        "noise/band mean": float(np.median(noise)),
        "noise, worst tenth": float(np.percentile(noise, 90)),
        "correlation, 50 nm": _at_lag(correlation, wavelength, 50.0),
        "correlation, 300 nm": _at_lag(correlation, wavelength, 300.0),
        "correlation, 1000 nm": _at_lag(correlation, wavelength, 1000.0),
        "next pixel": _beside(middle, 1),
        "fourth pixel": _beside(middle, 4),
        "first component": float(shares[0]),
        "first three": float(shares[2]),
        "components, 99 %": float(np.searchsorted(shares, 0.99) + 1),
    }


def _noise(flat: Float[np.ndarray, "band pixel"]) -> Float[np.ndarray, " inner"]:
    """Return what is left of each band after a regression on its two neighbours."""
    left = []
    for band in range(1, len(flat) - 1):
        beside = flat[[band - 1, band + 1]].T
        weights = np.linalg.lstsq(beside, flat[band], rcond=None)[0]
        left.append(np.std(flat[band] - beside @ weights))
    return np.array(left)


def _at_lag(
    correlation: Float[np.ndarray, "band band"], wavelength: Float[np.ndarray, " band"], lag: float
) -> float:
    """Return the mean correlation of bands that lie so far apart, or NaN."""
    apart = wavelength[None] - wavelength[:, None]
    near = np.abs(apart - lag) < max(0.1 * lag, 8.0)
    return float(correlation[near].mean()) if near.any() else float("nan")


def _beside(middle: Pixels, step: int) -> float:
    """Return the correlation of pixels so many columns or rows apart: of bands, the median."""
    size = (middle**2).mean(axis=(1, 2)) + 1e-12
    across = (middle[:, :, step:] * middle[:, :, :-step]).mean(axis=(1, 2))
    along = (middle[:, step:] * middle[:, :-step]).mean(axis=(1, 2))
    return float(np.median((across + along) / 2 / size))


def read(folder: Path, name: str) -> tuple[Pixels, Float[np.ndarray, " band"]]:
    """Return a measured scene: usable bands in the order of their wavelengths, whole rows."""
    with np.load(folder / "hyperspectral" / f"{name}.npz", allow_pickle=False) as held:
        cube = np.moveaxis(held["cube"].astype(np.float64), -1, 0)[:, :_LARGEST, :_LARGEST]
        wavelength = held[SCENES[name]].astype(np.float64)
    cube = cube[:, : 36 if name == "muufl_sub" else None]  # below, a corner has no data
    usable = (cube.std(axis=(1, 2)) > 0) & (wavelength > 380)
    order = np.flatnonzero(usable)[np.argsort(wavelength[usable], kind="stable")]
    return cube[order], wavelength[order]


def compare(folder: Path, materials: Materials, name: str) -> None:
    """Print a scene's statistics beside those of simulated ones."""
    cube, wavelength = read(folder, name)
    bands = gaussian(name, wavelength, _WIDTH)
    rows, cols = cube.shape[1:]
    found = [
        statistics(simulate(materials, bands, rows, cols, 1, number), wavelength)
        for number in range(_SIMULATED)
    ]
    print(f"\n{name}: {len(cube)} bands, {rows} x {cols}")
    for key, value in statistics(cube, wavelength).items():
        tenth, middle, last = np.nanpercentile([each[key] for each in found], [10, 50, 90])
        print(f"  {key:22}{value:9.4f}   simulated {tenth:9.4f}{middle:9.4f}{last:9.4f}")


def main(arguments: list[str]) -> None:
    """Compare all scenes."""
    folder, cache_file = [*(Path(argument) for argument in arguments), None][:2]
    assert folder is not None
    materials = load(folder, cache_file)
    for name in SCENES:
        compare(folder, materials, name)


if __name__ == "__main__":
    main(sys.argv[1:])
