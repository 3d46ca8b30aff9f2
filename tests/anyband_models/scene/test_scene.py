import numpy as np
import pytest


def test_a_scene_holds_values_bands_and_place(make):
    scene = make(crs="EPSG:32633", fwhm=np.array([5.0, 6.0, 7.0, np.nan]))
    assert scene.cube.dims == ("band", "y", "x")
    assert scene.values.dtype == np.float32
    assert scene.wavelength.tolist() == [450.0, 460.0, 470.0, 480.0]
    np.testing.assert_array_equal(scene.fwhm, [5, 6, 7, np.nan])
    assert scene.good.all()
    assert scene.cube["spatial_ref"].attrs["crs_wkt"] == "EPSG:32633"


def test_other_numbers_keep_the_bands_and_change_the_values(make):
    scene = make(good=np.array([True, False, True, True]))
    other = scene.with_stored(scene.stored + 1)
    np.testing.assert_array_equal(other.values, ((scene.stored + 1) * 1e-4).astype("f4"))
    assert other.good.tolist() == scene.good.tolist()
    assert other.meta == scene.meta


def test_numbers_of_another_type_are_refused(make):
    with pytest.raises(TypeError, match="stored numbers are int16, not float64"):
        make().with_stored(np.zeros((4, 5, 6)))
