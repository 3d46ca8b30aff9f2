import numpy as np
import pytest
from spectral.io.envi import read_envi_header

from anyband_models.errors import UsageError
from anyband_models.scene.formats import check_writable, read_scene

HEADER = """ENVI
description = {A scene,
  with = signs; in two lines}
samples = 2
lines = 1
bands = 3
header offset = 0
data type = 2
interleave = bip
byte order = 0
sensor type = Unknown
Wavelength Units = Micrometers
wavelength = {0.450, 0.5500, 0.650}
fwhm = {.010, 1e-2, 0.01}
bbl = {1, 1.0, 0}
reflectance scale factor = 1.0e4
data ignore value = -32768.0
band names = {Blé, green, (red = 3)}
map info = {UTM, 1.5, 1.5, 400015.0, 4999985.0, 30, 30, 33, North, WGS-84}
default bands = {3, 2, 1}
z plot range = {0.00, 1.00}
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "scene.hdr").write_text(HEADER, encoding="utf-8")
    (tmp_path / "scene.img").write_bytes(np.arange(6, dtype="<i2").tobytes())
    return tmp_path / "scene.hdr"


@pytest.mark.filterwarnings("ignore:Parameters with non-lowercase names")
def test_the_source_s_own_words_are_written_again(path, save):
    scene = read_scene(path)
    again = save(scene, "again.hdr")
    assert read_envi_header(again) == read_envi_header(path)
    assert again.with_suffix(".img").read_bytes() == path.with_suffix(".img").read_bytes()


def test_words_that_no_longer_hold_are_replaced_and_only_they(path, save):
    scene = read_scene(path, scale=0.5, wavelengths=np.array([500.0, 600, 700]), nodata=3)
    fields = read_envi_header(save(scene, "again.hdr"))
    assert fields["reflectance scale factor"] == "2.0"
    assert fields["wavelength"] == ["500.0", "600.0", "700.0"]
    assert fields["fwhm"] == ["10.0", "10.0", "10.0"]
    assert fields["wavelength units"] == "Nanometers"
    assert fields["data ignore value"] == "3"
    assert fields["bbl"] == ["1", "1", "0"] or fields["bbl"] == ["1", "1.0", "0"]
    assert fields["map info"][:3] == ["UTM", "1.5", "1.5"]
    assert fields["default bands"] == ["3", "2", "1"]


def test_other_fields_survive_a_stay_in_a_geotiff(path, save):
    tiff = read_scene(save(read_scene(path), "scene.tif"))
    fields = read_envi_header(save(tiff, "again.hdr"))
    original = read_scene(path).meta.extra["header"]
    for key in ("sensor type", "default bands", "z plot range"):
        assert fields[key] == original[key]
    assert fields["band names"] == original["band names"]


@pytest.mark.parametrize("name", ["a, b", "{a}", " a", "a\nb"])
def test_a_name_that_a_header_cannot_hold_is_refused_before_anything_is_written(make, save, name):
    scene = make(band_names=("a", "b", "c", name))
    with pytest.raises(UsageError, match=r"cannot stand in an ENVI header.*write a GeoTIFF"):
        check_writable(scene, "out.hdr")
    with pytest.raises(UsageError, match="cannot stand in an ENVI header"):
        save(scene, "out.hdr")
    # GDAL drops the outer blanks of a name.
    assert read_scene(save(scene, "out.tif")).meta.band_names == ("a", "b", "c", name.strip())
