from dataclasses import replace

import numpy as np
import pytest
import rasterio
from rasterio.shutil import copy

from anyband_models.errors import InputError
from anyband_models.scene.formats import read_scene
from anyband_models.scene.formats.geotiff_tags import stated_bands

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


@pytest.fixture
def tagged(tmp_path):
    """A GeoTIFF of two bands with these tags of the file, and of each band."""

    def write(file=None, *bands):
        path = tmp_path / "scene.tif"
        size = {"count": 2, "height": 2, "width": 2, "dtype": "int16"}
        with rasterio.open(path, "w", driver="GTiff", **size) as image:
            for band, spaces in enumerate([file or {}, *bands]):
                for space, tags in spaces.items():
                    image.update_tags(band, ns=space or None, **tags)
        return path

    return write


def plain(*numbers, **more):
    return [{"": {"wavelength": number} | more} for number in numbers]


DIALECTS = {
    "plain, nm": (None, *plain("500", "449.1", wavelength_units="Nanometers", fwhm="5")),
    "plain, capitals": (None, *[{"": {"WAVELENGTH": w, "FWHM": "5"}} for w in ("500", "449.1")]),
    "plain, µm": (None, *plain("0.5", "0.4491", wavelength_units="Micrometers", fwhm="0.005")),
    "plain, no unit": (None, *plain("0.5", "0.4491", fwhm="0.005")),
    "imagery": (
        None,
        *[{"IMAGERY": {"CENTRAL_WAVELENGTH_UM": w, "FWHM_UM": "0.005"}} for w in ("0.5", "0.4491")],
    ),
    "GDAL's copy of an ENVI file": (
        None,
        *[
            {"": {"wavelength": w}, "IMAGERY": {"CENTRAL_WAVELENGTH_UM": "9", "FWHM_UM": "0.005"}}
            for w in ("500", "449.1")
        ],
    ),
    "ENVI lists": ({"ENVI": {"wavelength": "{500,\n 449.1}", "fwhm": "{5, 5}"}},),
    "lists of the file": ({"": {"wavelength": "{0.5, 0.4491}", "fwhm": "{0.005, 0.005}"}},),
}


@pytest.mark.parametrize("tags", DIALECTS.values(), ids=DIALECTS.keys())
def test_every_dialect_says_the_same(tagged, tags):
    scene = read_scene(tagged(*tags))
    assert scene.wavelength.tolist() == [500.0, 449.1]
    assert scene.fwhm.tolist() == [5.0, 5.0]


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ((None,), "gives no wavelengths for its 2 bands; pass --wavelengths FILE"),
        ((None, {"": {"wavelength": "500"}}), "band 2 has the wavelength nan"),
        (({"": {"wavelength": "450.0"}},), "gives 1 wavelengths for 2 bands"),
        ((None, *plain("500", "red")), "the band tag 'red' is no number"),
        ((None, *plain("500", "600", wavelength_units="GHz")), "in 'GHz', not nm or µm"),
        (
            (None, *plain("500", wavelength_units="nm"), *plain("0.6", wavelength_units="um")),
            "in different units",
        ),
        ((None, *plain("500", "600", bbl="2")), r"bbl must be 1 \(good\) or 0 \(bad\)"),
        (({"ENVI": {"bbl": "{1, 0, 1}"}}, *plain("500", "600")), "for each of 2 bands"),
    ],
)
def test_what_does_not_fit_is_refused(tagged, tags, words):
    with pytest.raises(InputError, match=words):
        read_scene(tagged(*tags))


@pytest.mark.parametrize("space", ["", "ENVI"])
def test_bad_bands_are_found_in_the_file_s_tags_too(tagged, space):
    path = tagged({space: {"bbl": "{1, 0}"}}, *plain("500", "600"))
    assert read_scene(path).good.tolist() == [True, False]


def test_every_digit_survives_and_other_programs_find_all_of_it(make, save):
    width, good = np.array([5.1, np.nan, 1 / 3, 7.0]), np.array([True, False, True, True])
    scene = make(fwhm=width, good=good, band_names=("a", "b", "c", "d"), nodata=-7)
    scene = replace(scene, wavelength=np.array([449.1, 1 / 3 + 500, 700.7, 600.0]))
    path = save(scene, "scene.tif")
    with rasterio.open(path) as image:
        tags = [image.tags(band) for band in image.indexes]
        assert [float(t["wavelength"]) for t in tags] == scene.wavelength.tolist()
        assert [t["bbl"] for t in tags] == ["1", "0", "1", "1"]
        imagery = [image.tags(band, ns="IMAGERY") for band in image.indexes]
        assert [t["CENTRAL_WAVELENGTH_UM"] for t in imagery][::2] == ["0.4491", "0.7007"]
        assert [t.get("FWHM_UM") for t in imagery][:2] == ["0.0051", None]
        assert image.tags(ns="ENVI")["bbl"] == "{1, 0, 1, 1}"
        assert image.descriptions == ("a", "b", "c", "d")
        assert image.scales == (1e-4,) * 4
        assert image.nodata == -7


def test_all_of_it_survives_a_conversion_by_gdal(make, save, tmp_path):
    scene = make(fwhm=np.array([5.0, np.nan, 7.0, 8.0]), good=np.array([True, False, True, True]))
    copy(save(scene, "scene.tif"), tmp_path / "cog.tif", driver="COG", compress="zstd")
    result = read_scene(tmp_path / "cog.tif")
    assert result.meta.layout["cog"]
    np.testing.assert_array_equal(result.stored, scene.stored)
    np.testing.assert_array_equal(result.wavelength, scene.wavelength)
    np.testing.assert_array_equal(result.fwhm, scene.fwhm)
    np.testing.assert_array_equal(result.good, scene.good)


def test_no_tags_are_no_statement():
    stated = stated_bands([{}, {}, {}], "scene.tif")
    assert (stated.wavelength, stated.fwhm, stated.good) == ((), (), ())
