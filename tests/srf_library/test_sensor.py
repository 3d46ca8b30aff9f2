import warnings

import numpy as np
import pytest

import srf_library
from srf_library import (
    Band,
    CentreShiftWarning,
    GridError,
    NotShippedError,
    Sensor,
    TableError,
    UnknownNameError,
)

TWO = Sensor(
    "two",
    "Two bands",
    (
        Band.sampled("red", [640, 650, 660, 670], [0.0, 40.0, 80.0, 0.0]),
        Band.gaussian("nir", 850, 40),
    ),
)


def test_a_band_is_described_by_its_curve():
    assert TWO["nir"].centroid == TWO["nir"].midpoint == 850
    assert TWO["nir"].fwhm == 40
    assert TWO["nir"].support == (770, 930)
    assert TWO["red"].support == (640, 670)
    assert (TWO["red"].kind, TWO["nir"].kind, TWO.kind) == ("measured", "gaussian", "gaussian")
    assert TWO.range_nm == (640, 930)


def test_the_peak_of_a_measured_band_is_one_whatever_its_scale():
    assert TWO["red"].profile(np.array([660.0])) == 1.0


def test_samples_may_come_in_any_order():
    turned = Band.sampled("red", [670, 660, 640, 650], [0.0, 80.0, 0.0, 40.0])
    assert turned.centroid == TWO["red"].centroid


@pytest.mark.parametrize(
    ("nm", "response", "sentence"),
    [
        ([640], [1.0], "band red has 1 samples; a response needs two or more"),
        ([640, 650], [0.0, 0.0], r"band red responds nowhere \(all zero\); remove it"),
        ([640, 650], [1.0, -0.5], r"band red responds with -0.5 at 650 nm; a response is not neg"),
        ([640, 640], [1.0, 0.5], "band red has two responses at 640 nm; keep one"),
        ([640, 650, 660], [0.0, 1.0], "band red has 3 wavelengths and 2 responses; give one"),
        ([640, np.nan], [1.0, 0.5], "band red has a wavelength that is no number"),
        ([640, 650], [1.0, np.nan], "band red has a response that is no number"),
    ],
)
def test_what_is_no_response_is_refused(nm, response, sentence):
    with pytest.raises(TableError, match=sentence):
        Band.sampled("red", nm, response)


@pytest.mark.parametrize(("centre", "fwhm"), [(0, 10), (500, -1), (np.nan, 10), (500, np.inf)])
def test_a_gaussian_needs_a_place_and_a_width(centre, fwhm):
    with pytest.raises(TableError, match="give a positive number of nanometres"):
        Band.gaussian("B1", centre, fwhm)


def test_a_band_wider_than_its_centre_has_a_width_in_another_unit():
    with pytest.raises(TableError, match=r"band B1, at 480 nm, has the fwhm 60000 nm; give the"):
        Band.gaussian("B1", 480, 60_000)


@pytest.mark.parametrize("name", ["B8A", "b8a", "8A", "B08A", "Band 8a"])
def test_a_band_goes_by_its_number(name):
    assert srf_library.get("S2A")[name].name == "B8A"


def test_sensors_and_bands_say_what_they_are_in_a_line():
    assert repr(TWO) == "<Sensor two: 2 bands, 640-930 nm, gaussian>"
    assert repr(TWO["nir"]) == "<Band nir: 850.0 nm, FWHM 40.0 nm, gaussian>"


def test_two_bands_of_one_name_are_refused():
    with pytest.raises(TableError, match="odd has 2 bands called 'red'; give each its own name"):
        Sensor("odd", "Odd", (TWO["red"], TWO["nir"], TWO["red"]))


def test_a_sensor_without_bands_is_none():
    with pytest.raises(TableError, match="odd has no bands; a sensor has one or more"):
        Sensor("odd", "Odd", ())


def test_what_the_library_hands_out_cannot_be_changed():
    samples = srf_library.get("S2A")["B2"].profile.response
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 1.0


def test_selected_bands_come_in_the_order_asked_for():
    assert TWO.select(["nir", "red"]).names == ("nir", "red")
    assert TWO.select("nir").names == ("nir",)
    with pytest.raises(UnknownNameError, match="a band of two called 'blue'"):
        TWO.select(["blue"])


def test_a_band_that_is_not_shipped_says_why():
    with pytest.raises(NotShippedError, match=r"terra_modis B1 is known.*curve of Aqua"):
        srf_library.get("terra_modis")["B1"]


def test_the_scenes_wavelengths_win():
    red = TWO["red"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        placed = TWO.at([max(red.centroid, red.midpoint) + 1.5, 851.0], fwhm=[np.nan, 44.0])
    assert placed["red"].centroid == pytest.approx(red.centroid + 1.5)
    assert placed["red"].fwhm == pytest.approx(red.fwhm)
    assert (placed["nir"].centroid, placed["nir"].fwhm) == (851.0, 44.0)


@pytest.mark.parametrize("sensor", ["landsat7_etm", "landsat8_oli", "spot3_hrv1"])
@pytest.mark.parametrize("place", ["centroid", "midpoint"])
def test_a_scene_may_state_centroids_or_midpoints(sensor, place):
    """They differ by up to 14 nm, in the panchromatic band of Landsat-7."""
    own = srf_library.get(sensor)
    placed = own.at([getattr(band, place) for band in own])
    for band, other in zip(placed, own, strict=True):
        assert band.centroid == pytest.approx(other.centroid)


def test_a_scene_far_from_the_library_is_warned_of():
    red = TWO["red"].centroid
    with pytest.warns(CentreShiftWarning, match=r"puts two nir at 853.5 nm, 3.5 nm from"):
        placed = TWO.at([red / 1000, 0.8535])
    assert placed["red"].centroid == pytest.approx(red, abs=1e-5)
    assert placed["nir"].centroid == pytest.approx(853.5)


def test_a_band_is_in_its_sensor():
    assert "B8A" in srf_library.get("S2A")
    assert "B13" not in srf_library.get("S2A")
    assert TWO["nir"] in TWO


def test_a_scene_needs_a_wavelength_for_each_band():
    with pytest.raises(GridError, match="two has 2 bands, but the scene gives 3 wavelengths"):
        TWO.at([650.0, 750.0, 850.0])
