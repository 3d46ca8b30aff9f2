import numpy as np

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.sources import nirsoil


def test_soils_are_reflectance_and_known_from_1100_nm(libraries):
    (part,) = nirsoil.gathered(libraries)
    known = np.isfinite(part.spectra)
    assert GRID[known[0]][[0, -1]].tolist() == [1095.0, 2500.0]
    assert 0 < np.nanmin(part.spectra) < np.nanmax(part.spectra) < 1
