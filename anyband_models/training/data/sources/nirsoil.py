"""Dried soils in the near infrared, 1100-2498 nm, with the water bands that field spectra lack."""

from pathlib import Path

import numpy as np

from anyband_models.training.data.grid import Gathered, on_grid

FILE = Path("libraries/soil_nirsoil.npz")


def gathered(folder: Path) -> list[Gathered]:
    """Return the soils, ``R = 10^-A``; NaN below 1100 nm.

    Args:
        folder: that holds `libraries/`.
    """
    with np.load(folder / FILE, allow_pickle=False) as held:
        wavelength = held["wavelength_nm"].astype(np.float64)
        reflectance = 10.0 ** -held["absorbance"].astype(np.float64)
    spectra = on_grid(wavelength, reflectance)
    return [Gathered(spectra, ("soil",) * len(spectra), "nirsoil")]
