import importlib.util

import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.training.data.grid import GRID
from anyband_models.training.data.sources import earth_library


def test_the_measured_spectra_are_read_and_the_bands_of_water_are_not_known(earthlib):
    (part,) = earth_library.gathered()
    assert part.spectra.shape == (5261, 421)
    assert "vegetation" not in part.groups  # which it has simulated ones of
    unknown = np.isnan(part.spectra)
    assert (unknown == unknown[0]).all()
    assert unknown[0, (GRID > 1360) & (GRID < 1450)].all()
    assert not unknown[0, GRID < 1350].any()


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r"earthlib.* is not installed; run `pip install earthlib`"
    ):
        earth_library.gathered()
