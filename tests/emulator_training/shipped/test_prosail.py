import numpy as np
import pytest
import torch

pytest.importorskip("prosail", reason="the extra `emulator` is not installed")

from emulator_training.band_response import GRID, sensor_response
from emulator_training.design import samples
from emulator_training.errors import ParameterRangeError
from emulator_training.parameters import NAMES, vector
from emulator_training.shard import spectra_of
from emulator_training.shipped.prosail import ExactProsail
from physops import Bands
from srf_library import get


def test_bands_are_means_of_the_whole_spectrum():
    rows = samples(50, seed=1)
    operator = ExactProsail(Bands.of("S2A"))
    expected = spectra_of(rows) @ sensor_response(get("S2A")).T
    np.testing.assert_allclose(operator(torch.from_numpy(rows), band_dim=-1), expected, atol=1e-5)


def test_bands_outside_are_missing():
    found = ExactProsail(Bands.at([350.0, 800.0]))(vector(), band_dim=0)
    assert torch.isnan(found).tolist() == [True, False]


def test_a_parameter_that_cannot_be_is_refused():
    canopy = vector()
    canopy[NAMES.index("lai")] = -1.0
    with pytest.raises(ParameterRangeError, match=r"lai is -1; give 0 to 15"):
        ExactProsail(Bands.at(GRID[::100]))(canopy, band_dim=0)
