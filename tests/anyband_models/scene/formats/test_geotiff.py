import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from anyband_models.errors import InputError, ResourceError
from anyband_models.scene.formats import read_header, read_scene

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
NUMBERS = np.random.default_rng(0).integers(-5000, 5000, (3, 40, 50)).astype("<i2")


@pytest.fixture
def tiff(tmp_path):
    """Writes a plain GeoTIFF, as another program would."""

    def write(numbers=NUMBERS, name="scene.tif", tags=True, **options):
        count, height, width = numbers.shape
        size = {"count": count, "height": height, "width": width, "dtype": numbers.dtype.name}
        with rasterio.open(tmp_path / name, "w", **({"driver": "GTiff"} | size | options)) as image:
            image.write(numbers)
            for band in image.indexes if tags else ():
                image.update_tags(band, wavelength=f"0.{4 + band}", wavelength_units="um")
        return tmp_path / name

    return write


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["LITTLE", "BIG"])
def test_every_variant_of_the_format_is_read(tiff, order, big):
    path = tiff(endianness=order, bigtiff="YES" if big else "NO")
    scene = read_scene(path)
    np.testing.assert_array_equal(scene.stored, NUMBERS)
    assert scene.wavelength.tolist() == [500.0, 600.0, 700.0]


CODECS = ["none", "deflate", "lzw", "zstd"]


@pytest.mark.parametrize("codec", CODECS)
def test_a_truncated_file_is_refused_at_every_length(tiff, codec):
    path = tiff(compress=codec)
    whole = path.read_bytes()
    for length in np.linspace(8, len(whole) - 1, 30).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"scene.tif"):
            read_scene(path, wavelengths=np.array([500.0, 600.0, 700.0]))


@pytest.mark.parametrize("codec", ["deflate", "zstd"])
def test_a_broken_block_is_refused(tiff, codec):
    path = tiff(compress=codec)
    whole = bytearray(path.read_bytes())
    with rasterio.open(path) as image:
        start = int(image.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", 2))
    whole[start : start + 40] = bytes(40)
    path.write_bytes(bytes(whole))
    with pytest.raises(InputError, match="cannot be read as a GeoTIFF"):
        read_scene(path)


def test_a_tag_that_cannot_be_read_is_not_passed_over(tiff):
    """Scale and no-data value stand in such tags: without them the numbers would be wrong."""
    path = tiff(compress="none", nodata=-1)
    with rasterio.open(path, "r+") as image:
        image.scales = [1e-4] * 3
        image.update_tags(note="x" * 500)
    whole = path.read_bytes()
    refused = 0
    for length in range(len(whole) - 700, len(whole), 50):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_scene(path, wavelengths=np.array([500.0, 600.0, 700.0]))
        refused += 1
    assert refused == 14


BOMB = """
import resource, sys, time
from anyband_models.errors import ResourceError
from anyband_models.scene.formats import read_scene
import rasterio
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_scene(sys.argv[1])
except ResourceError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_small_file_that_declares_18_tb_is_refused_before_memory_is_taken(tiff, tmp_path):
    path = tmp_path / "bomb.tif"
    size = {"count": 1, "height": 1_500_000, "width": 1_500_000, "dtype": "float64"}
    options = {"tiled": True, "blockxsize": 32768, "blockysize": 32768, "sparse_ok": True}
    with rasterio.open(path, "w", driver="GTiff", compress="deflate", **size, **options) as image:
        image.update_tags(1, wavelength="500", wavelength_units="nm")
    assert path.stat().st_size < 100_000
    start = time.perf_counter()
    with pytest.raises(ResourceError, match=r"needs 54,000.0 GB of memory, but"):
        read_scene(path)
    assert time.perf_counter() - start < 2
    answer = subprocess.run(
        [sys.executable, "-c", BOMB, path], capture_output=True, text=True, check=True
    )
    message, growth = answer.stdout.splitlines()
    assert "cut the scene into parts" in message
    assert int(growth) < 300_000  # KiB


def test_only_geotiffs_are_opened_whatever_lies_beside_or_inside(tiff, tmp_path):
    path = tiff()
    masked = Path(f"{path}.msk")
    masked.write_text(f"<VRTDataset rasterXSize='50'><SourceFilename>{path}</SourceFilename>")
    with pytest.raises(InputError, match="with a mask or an alpha band"):
        read_scene(path)
    masked.unlink()
    disguised = tmp_path / "disguised.tif"
    disguised.write_text(f"<VRTDataset><SourceFilename>{path}</SourceFilename></VRTDataset>")
    with pytest.raises(InputError, match="looks like an XML file, such as a VRT"):
        read_scene(disguised)


def test_masks_alpha_bands_and_several_images_are_refused(tiff, tmp_path):
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = tiff()
        with rasterio.open(path, "r+") as image:
            image.write_mask(NUMBERS[0] > 0)
    with pytest.raises(InputError, match="save it with a no-data value"):
        read_scene(path)
    four = np.concatenate([NUMBERS, NUMBERS[:1]]).astype("u1")
    alpha = tiff(four, photometric="rgb", alpha="yes", name="alpha.tif")
    with pytest.raises(InputError, match="with a mask or an alpha band"):
        read_scene(alpha)
    pages = tiff(name="pages.tif")
    append = {"driver": "GTiff", "count": 1, "height": 4, "width": 4, "dtype": "uint8"}
    with rasterio.open(pages, "w", **append, APPEND_SUBDATASET="YES") as page:
        page.write(np.ones((1, 4, 4), "u1"))
    with pytest.raises(InputError, match="holds several images"):
        read_scene(pages)


def test_complex_numbers_are_refused(tiff):
    with pytest.raises(InputError, match="stores complex"):
        read_scene(tiff(NUMBERS.astype("complex64")))


def test_a_no_data_value_beside_the_file_is_honoured(tiff):
    """GDAL puts it there when the file itself may not be changed."""
    path = tiff()
    Path(f"{path}.aux.xml").write_text(
        "<PAMDataset>"
        + "".join(
            f'<PAMRasterBand band="{band}"><NoDataValue>{NUMBERS[0, 0, 0]}</NoDataValue>'
            "</PAMRasterBand>"
            for band in (1, 2, 3)
        )
        + "</PAMDataset>"
    )
    assert np.isnan(read_scene(path).values[0, 0, 0])


@pytest.mark.parametrize(
    "options",
    [
        {"compress": "none", "interleave": "pixel"},
        {"compress": "lzw", "interleave": "band", "predictor": 2},
        {"compress": "zstd", "tiled": True, "blockxsize": 32, "blockysize": 16},
        {"compress": "deflate", "endianness": "BIG", "blockysize": 7},
        {"compress": "packbits", "nodata": -32768},
        {"driver": "COG", "compress": "deflate", "blocksize": 128, "predictor": 2},
        {"driver": "COG", "compress": "zstd", "blocksize": 128},
    ],
    ids=repr,
)
def test_the_layout_is_written_again(tiff, save, options):
    scene = read_scene(tiff(**options, tags=False), wavelengths=np.array([500.0, 600.0, 700.0]))
    again = read_scene(save(scene, "again.tif"))
    assert again.meta.layout == scene.meta.layout
    np.testing.assert_array_equal(again.stored, NUMBERS)
    kept = {"path", "extra"}
    assert again.meta.model_dump(exclude=kept) == scene.meta.model_dump(exclude=kept)


def test_a_lossy_compression_is_not_used_again(tiff, save):
    path = tiff(NUMBERS.astype("u1"), compress="jpeg", interleave="pixel", photometric="ycbcr")
    scene = read_scene(path)
    again = read_scene(save(scene, "again.tif"))
    np.testing.assert_array_equal(again.stored, scene.stored)
    assert again.meta.layout["compress"] == "deflate"


def test_metadata_of_every_kind_are_written_again(tiff, save):
    path = tiff(crs="EPSG:32633", transform=Affine(30, 1, 4e5, 2, -30, 5e6 + 0.3), nodata=-9)
    with rasterio.open(path, "r+") as image:
        image.update_tags(AREA_OR_POINT="Point", TIFFTAG_SOFTWARE="x", note='ä <b> & "c"')
        image.update_tags(ns="ENVI", sensor_type="EnMAP", wavelength="{1, 2}")
        image.update_tags(2, ns="PROJECT", colour="blue", STATISTICS_MEAN="3")
        image.scales, image.offsets = [0.1, 1 / 3, 2e-5], [0.0, -0.1, 5.0]
        image.descriptions = ["a, b", None, "{c}"]
        image.units = ["W m-2 sr-1 um-1"] * 3
    scene = read_scene(path)
    assert scene.meta.scale == (0.1, 1 / 3, 2e-5)
    assert scene.meta.band_names == ("a, b", "", "{c}")
    again = read_scene(save(scene, "again.tif"))
    kept = {"path"}
    assert again.meta.model_dump(exclude=kept) == scene.meta.model_dump(exclude=kept)
    with rasterio.open(save(scene, "again.tif")) as image:
        assert image.tags()["note"] == 'ä <b> & "c"'
        assert image.tags(ns="ENVI")["sensor_type"] == "EnMAP"
        assert image.tags(2, ns="PROJECT") == {"colour": "blue"}
        assert image.units[0] == "W m-2 sr-1 um-1"
    assert list(path.parent.glob("*again*")) == [path.parent / "again.tif"]


def test_ground_control_points_are_written_again(tiff, save):
    points = [
        rasterio.control.GroundControlPoint(r, c, 10.0 + c, 50.0 - r)
        for r, c in ((0, 0), (0, 9), (9, 0), (9, 9))
    ]
    path = tiff(gcps=points, crs="EPSG:4326")
    again = read_scene(save(read_scene(path), "again.tif"))
    assert again.meta.extra["gcps"] == read_scene(path).meta.extra["gcps"]
    assert len(again.meta.extra["gcps"]) == 4


def test_a_damaged_file_never_ends_in_another_error(tiff):
    """Flipped bits of the header: refused, or read as what they now say."""
    path = tiff(compress="deflate", nodata=-1)
    whole = path.read_bytes()
    answers = set()
    for place in range(4, 400):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        try:
            answers.add(type(read_scene(path)).__name__)
        except (InputError, ResourceError) as error:
            answers.add(type(error).__name__ if "\n" not in str(error) else str(error))
    assert {"InputError", "Scene"} <= answers <= {"InputError", "ResourceError", "Scene"}


def test_the_header_is_read_without_the_pixels(tiff):
    path = tiff(np.zeros((3, 2000, 2000), "u1"), compress="none", tags=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_header(path).shape == (3, 2000, 2000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000  # KiB
