import numpy as np

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.sources import canopies


def test_canopies_are_a_function_of_the_seed_and_look_like_plants():
    (first,), (second,), (other,) = (canopies.gathered(256, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.spectra, second.spectra)
    assert np.abs(first.spectra - other.spectra).max() > 0.1
    assert np.isfinite(first.spectra).all()
    assert -0.01 < first.spectra.min() < first.spectra.max() < 1
    red, infrared = (first.spectra[:, int(np.searchsorted(GRID, nm))] for nm in (670, 800))
    plants = np.array(first.groups) == "vegetation"
    assert 0.8 < plants.mean() < 1
    assert np.mean(infrared[plants] > 1.5 * red[plants]) > 0.85
