import numpy as np
import pytest

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.sensors import draw, gaussian, real, real_names
from srf_library import Band, Sensor, UnknownNameError, response_matrix


def test_gaussian_bands_agree_with_the_library_of_responses():
    centres, widths = np.array([560.0, 865.3, 1610.0, 2202.7]), np.array([12.0, 6.0, 90.0, 30.0])
    bands = [
        Band.gaussian(str(place), centre, width)
        for place, (centre, width) in enumerate(zip(centres, widths, strict=True))
    ]
    exact = response_matrix(Sensor("s", "s", tuple(bands)), GRID, method="integral-linear").weights
    spectra = 0.3 + 0.1 * np.sin(GRID / np.array([[40.0], [90.0], [300.0]]))
    found = gaussian("s", centres, widths).matrix @ spectra.T
    np.testing.assert_allclose(found, exact @ spectra.T, atol=1e-3)


def test_bands_narrower_than_the_grid_are_interpolated_and_beyond_it_spectra_are_flat():
    found = gaussian("narrow", [502.0, 380.0, 2505.0], 0.5).matrix
    np.testing.assert_allclose(found[0, 20:22], [0.6, 0.4], atol=1e-6)
    assert found[1, 0] == pytest.approx(1)
    assert found[2, -1] == pytest.approx(1)


def test_a_band_set_is_a_function_of_seed_and_number():
    first, second, other = draw(4, 17), draw(4, 17), draw(4, 18)
    np.testing.assert_array_equal(first.matrix, second.matrix)
    np.testing.assert_array_equal(first.bands.wavelength, second.bands.wavelength)
    assert first.name != other.name or len(first) != len(other)


def test_band_sets_are_of_all_kinds_and_mean_over_their_responses():
    drawn = [draw(0, number) for number in range(150)]
    for each in drawn:
        assert 4 <= len(each) <= 450
        assert each.matrix.shape == (len(each), 421)
        np.testing.assert_allclose(each.matrix.sum(axis=1), 1, atol=1e-5)
        assert np.isfinite(each.bands.fwhm).all()
        assert each.bands.wavelength.min() > 360
        assert each.bands.wavelength.max() < 2520
    assert any((np.diff(each.bands.wavelength) < 0).any() for each in drawn)
    kinds = {each.name for each in drawn}
    assert {"broad bands", "random spectrometer"} < kinds
    assert any(name.startswith("like ") for name in kinds)
    assert kinds & set(real_names())


def test_bounds_are_kept():
    assert all(20 <= len(draw(1, number, 20, 60)) <= 60 for number in range(20))


def test_a_sensor_of_the_library_has_its_bands_and_remembers_it():
    found = real("sentinel2a_msi")
    assert len(found) == 13
    assert found.bands.sensor is not None
    red = found.bands.channel("red")
    assert found.matrix[red] @ GRID == pytest.approx(found.bands.wavelength[red], abs=0.5)
    with pytest.raises(UnknownNameError):
        real("no_such_sensor")
