from dataclasses import replace

import numpy as np
import pytest

from emulator_training.atmosphere.averages import band_weights
from physops import Bands

NM = 400.0 + 2.5 * np.arange(841)


def test_a_centre_without_a_width_is_a_point_of_the_straight_line():
    bands = Bands.at([400.0, 401.0, 1234.5, 2500.0])
    np.testing.assert_allclose(band_weights(bands, NM) @ NM, bands.wavelength, rtol=1e-12)
    np.testing.assert_allclose(band_weights(bands, NM).sum(axis=1), 1.0)


@pytest.mark.parametrize("width", [1.0, 10.0, 60.0])
def test_a_gaussian_band_has_the_mean_and_the_spread_of_a_gaussian(width):
    weights = band_weights(Bands.at([1000.0], fwhm=width), NM)[0]
    assert abs(weights @ NM - 1000.0) < 0.02
    # The straight lines between the wavelengths add a sixth of a spacing's square.
    variance = weights @ (NM - 1000.0) ** 2 - 2.5**2 / 6
    assert abs(variance - (width / 2.3548) ** 2) < 0.01 * width**2 + 1.05


def test_bands_of_a_sensor_have_its_own_responses():
    bands = Bands.of("S2A")
    own, gaussian = (band_weights(b, NM) for b in (bands, replace(bands, sensor=None)))
    np.testing.assert_allclose(own @ NM, bands.wavelength, atol=0.05)
    assert np.abs(own - gaussian).sum(axis=1).max() > 0.1
    assert (own >= 0).all()


def test_what_lies_outside_has_no_weights():
    bands = Bands.at([399.0, 402.0, 500.0, 10900.0], fwhm=[np.nan, 20.0, 20.0, 900.0])
    weights = band_weights(bands, NM)
    assert weights.any(axis=1).tolist() == [False, False, True, False]
    assert not band_weights(Bands.at([402.0], fwhm=20.0), NM).any()
