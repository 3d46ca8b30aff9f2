import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator_training.band_response import GRID, band_response, sensor_response
from emulator_training.errors import NoBandInRangeError
from physops import Bands
from srf_library import get


@given(st.floats(420, 2480), st.floats(2, 30))
def test_a_gaussian_band_sees_a_straight_spectrum_at_its_centre(centre, fwhm):
    row = band_response(Bands.at([centre], fwhm)).weights[0]
    reach = min(centre - 400, 2500 - centre)
    if reach > 2 * fwhm:
        assert row @ GRID == pytest.approx(centre, abs=0.01)
    assert row.sum() == pytest.approx(1)


@given(st.floats(400, 2500))
def test_a_band_of_unknown_width_interpolates(centre):
    row = band_response(Bands.at([centre])).weights[0]
    assert row @ GRID**2 == pytest.approx(np.interp(centre, GRID, GRID**2))


def test_the_width_of_a_gaussian_is_its_own():
    row = band_response(Bands.at([1000.0], 20.0)).weights[0]
    assert np.sqrt(row @ (GRID - 1000) ** 2) == pytest.approx(20 / 2.3548, rel=1e-3)


def test_bands_outside_or_not_good_see_nothing():
    bands = Bands(
        np.array([350.0, 660.0, 670.0]), np.full(3, np.nan), np.array([True, True, False])
    )
    response = band_response(bands)
    assert response.seen.tolist() == [False, True, False]
    assert not response.weights[[0, 2]].any()


def test_bands_of_which_none_is_in_range_are_refused():
    wording = r"no good band lies in 400-2500 nm.*8600 to 12000 nm; give an image with bands"
    with pytest.raises(NoBandInRangeError, match=wording):
        band_response(Bands.at([8600.0, 12000.0]))


def test_a_sensors_own_responses_are_those_of_the_library():
    """A plain sum of the response over nanometres, for a band sampled at 1 nm."""
    sensor = get("sentinel2a_msi")
    row = band_response(Bands.of(sensor)).weights[7]
    response = list(sensor)[7].profile(GRID)
    spectrum = np.sin(GRID / 50)
    assert row @ spectrum == pytest.approx(response @ spectrum / response.sum(), abs=1e-4)
    assert np.array_equal(row, sensor_response(sensor)[7])
