import numpy as np
import pytest

import physops
import srf_library
from physops import Bands, MissingBandError
from physops.bands import image_bands
from physops.errors import BandsError
from srf_library import UnknownNameError


def test_the_nearest_band_is_taken():
    assert Bands.at([640.0, 668.0, 700.0]).channel("red") == 1


def test_a_band_beyond_the_tolerance_is_none():
    assert Bands.at([690.0]).channel("red", tolerance=25) == 0
    with pytest.raises(MissingBandError, match="24 nm is the most that is allowed"):
        Bands.at([690.0]).channel("red", tolerance=24)


def test_an_unknown_name_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'green'"):
        Bands.at([560.0]).channel("gren")


def test_a_sensors_bands_keep_their_order_and_widths():
    sensor = srf_library.get("sentinel2a_msi")
    bands = Bands.of(sensor)
    assert bands.wavelength.tolist() == [band.centroid for band in sensor]
    assert bands.fwhm.tolist() == [band.fwhm for band in sensor]
    assert bands.good.all()
    assert len(bands) == len(sensor) == 13


def test_bands_at_wavelengths_have_no_known_width():
    assert np.isnan(Bands.at([500.0, 600.0]).fwhm).all()


def test_a_band_declared_bad_is_passed_over():
    bands = Bands.at([655.0, 665.0])
    bands.good[1] = False
    assert bands.channel("red") == 0
    bands.good[0] = False
    with pytest.raises(MissingBandError):
        bands.channel("red")


@pytest.mark.parametrize("nothing", [[], np.empty(0), np.ones((2, 2))])
def test_bands_need_a_list_of_wavelengths(nothing):
    with pytest.raises(ValueError, match="one or more"):
        Bands.at(nothing)


def test_an_images_bands_are_given_in_one_of_three_ways():
    bands = Bands.at([500.0, 600.0])
    assert image_bands("it", bands=bands) is bands
    assert image_bands("it", wavelengths=[0.5, 0.6]).wavelength.tolist() == [500, 600]
    assert len(image_bands("it", sensor="S2A")) == 13
    two = srf_library.get("S2A").select(["B3", "B4"])
    assert image_bands("it", two, wavelengths=[560.0, 665.5]).wavelength[1] == pytest.approx(665.5)
    with pytest.raises(TypeError, match="'it' needs the image's bands: give either bands=, or"):
        image_bands("it")
    for given in ({"bands": bands, "sensor": "S2A"}, {"bands": bands, "wavelengths": [500]}):
        with pytest.raises(TypeError, match=r"'it' needs .* bands, once, and got them twice: give"):
            image_bands("it", **given)


def unchecked(wavelength, fwhm, good):
    """Return bands as users make them, without the type checks of the tests."""
    bands = Bands.__new__(Bands)
    vars(bands).update(wavelength=wavelength, fwhm=fwhm, good=good)
    bands.__post_init__()
    return bands


@pytest.mark.parametrize("dtype", [np.float32, np.int64, ">f8"])
def test_numbers_of_any_type_will_do(dtype):
    bands = unchecked(np.array([665, 842], dtype), np.array([10, 10], dtype), [1, 1])
    assert (bands.wavelength.dtype, bands.good.dtype) == (np.float64, np.bool_)
    assert physops.get("ndvi", bands=bands).channels == {"N": 1, "R": 0}


def test_a_number_is_needed_for_each_band():
    with pytest.raises(BandsError, match=r"fwhm of \(1,\) and good of \(2,\); give one number a b"):
        unchecked([665.0, 842.0], [10.0], [True, True])


def test_bands_of_a_sensor_remember_it_and_others_have_none():
    sensor = srf_library.get("S2A").select(["B2", "B4"])
    assert Bands.of(sensor).sensor is sensor
    assert image_bands("x", sensor="S2A").sensor.id == "sentinel2a_msi"
    moved = image_bands("x", sensor=sensor, wavelengths=[493.0, 664.0])
    assert [round(band.centroid, 6) for band in moved.sensor] == moved.wavelength.round(6).tolist()
    assert Bands.at([493.0, 664.0]).sensor is None


def test_a_sensor_with_other_bands_than_the_image_is_refused():
    own = Bands.of("S2A")
    with pytest.raises(
        BandsError,
        match=r"^the image has 2 bands and sentinel2a_msi has 13; give Bands\.of\(sensor\.select"
        r"\(names\)\), in the image's order, and sensor\.at\(wavelengths\) if a scene has other c",
    ):
        Bands(own.wavelength[:2], own.fwhm[:2], own.good[:2], own.sensor)


def test_a_sensors_bands_in_another_order_are_refused():
    own = Bands.of("S2A")
    with pytest.raises(
        BandsError, match=r"^band 0 lies at 2202\.37 nm and B1 of sentinel2a_msi at 442\.697 nm; gi"
    ):
        Bands(own.wavelength[::-1], own.fwhm[::-1], own.good, own.sensor)
    swapped = own.wavelength[[0, 1, 2, 3, 4, 5, 6, 8, 7, 9, 10, 11, 12]]
    with pytest.raises(BandsError, match=r"^band 7 lies at 864.* nm and B8 of"):
        Bands(swapped, own.fwhm, own.good, own.sensor)


def test_a_spectrometers_bands_are_not_taken_for_their_neighbours():
    own = Bands.of("aviris_ng")
    moved = np.roll(own.wavelength, -1)
    with pytest.raises(BandsError, match=r"^band 0 lies at"):
        Bands(moved, own.fwhm, own.good, own.sensor)


def test_centres_that_are_not_finite_are_not_those_of_a_sensor():
    own = Bands.of("S2A")
    lost = np.where(np.arange(13) == 4, np.nan, own.wavelength)
    with pytest.raises(BandsError, match=r"^band 4 lies at nan nm"):
        Bands(lost, own.fwhm, own.good, own.sensor)


def test_published_centres_are_those_of_the_sensor():
    own = Bands.of("S2A")
    published = [443, 490, 560, 665, 705, 740, 783, 842, 865, 945, 1375, 1610, 2190]
    bands = Bands(np.array(published, dtype=float), own.fwhm, own.good, own.sensor)
    assert bands.sensor is own.sensor


def test_a_scenes_wavelengths_win_over_the_sensors():
    sensor = srf_library.get("S2A").select(["B3", "B4"])
    with pytest.warns(UserWarning, match="the scene's wavelengths are used"):
        moved = sensor.at([580.0, 690.0])
    assert Bands.of(moved).wavelength == pytest.approx([580.0, 690.0], abs=1.5)
