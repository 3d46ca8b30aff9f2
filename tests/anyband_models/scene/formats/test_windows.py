"""A window of a scene is the same part of the whole, in every format that can read one."""

import numpy as np
import pytest
import rasterio
from PIL import Image

from anyband_models.scene.formats import read_header

pytestmark = [
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
    pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning"),
]
SHAPE = (3, 37, 53)
NUMBERS = np.random.default_rng(0).integers(0, 256, SHAPE)
WINDOWS = [
    (slice(0, 37), slice(0, 53)),
    (slice(0, 1), slice(0, 1)),
    (slice(36, 37), slice(52, 53)),
    (slice(5, 21), slice(16, 32)),
    (slice(15, 33), slice(0, 53)),
    (slice(0, 37), slice(31, 34)),
]


@pytest.fixture
def written(make, save, tmp_path):
    """Writes a scene in a format, by its name."""

    def geotiff(**options):
        size = {"count": 3, "height": SHAPE[1], "width": SHAPE[2], "dtype": "uint8"}
        with rasterio.open(
            tmp_path / "scene.tif", "w", **({"driver": "GTiff"} | size | options)
        ) as image:
            image.write(NUMBERS.astype("u1"))
        return tmp_path / "scene.tif"

    def envi(name, dtype="<i2"):
        return save(make(SHAPE, dtype=dtype), name)

    def picture(name):
        Image.fromarray(NUMBERS.transpose(1, 2, 0).astype("u1")).save(tmp_path / name)
        return tmp_path / name

    def deep_picture():
        size = {"count": 3, "height": SHAPE[1], "width": SHAPE[2], "dtype": "uint16"}
        with rasterio.open(tmp_path / "deep.png", "w", driver="PNG", **size) as image:
            image.write((NUMBERS * 257).astype("u2"))
        return tmp_path / "deep.png"

    def zarr(version, dims, **options):
        dataset = make(SHAPE).cube.transpose(*dims).to_dataset(name="cube")
        encoding = {"cube": {"chunks": (3, 16, 16), **options}}
        dataset.to_zarr(tmp_path / "s.zarr", zarr_format=version, encoding=encoding)
        return tmp_path / "s.zarr"

    return {
        "geotiff": lambda: save(make(SHAPE), "scene.tif"),
        "geotiff tiled": lambda: geotiff(
            tiled=True, blockxsize=16, blockysize=16, interleave="band"
        ),
        "cog": lambda: geotiff(driver="COG", blocksize=128),
        "envi bsq": lambda: envi("scene.bsq"),
        "envi bil": lambda: envi("scene.bil"),
        "envi bip": lambda: envi("scene.bip"),
        "envi big-endian": lambda: envi("scene.bil", ">f4"),
        "png": lambda: picture("scene.png"),
        "png, 16 bits": deep_picture,
        "jpeg": lambda: picture("scene.jpg"),
        "zarr 2": lambda: zarr(2, ("band", "y", "x")),
        "zarr 2, bip": lambda: zarr(2, ("y", "x", "band")),
        "zarr 3": lambda: zarr(3, ("band", "y", "x")),
        "zarr 3, bil": lambda: zarr(3, ("y", "band", "x")),
        "zarr 3, shards": lambda: zarr(3, ("band", "y", "x"), shards=(3, 32, 64)),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("geotiff", "geotiff tiled", "cog", "envi bsq", "envi bil", "envi bip"),
        *("envi big-endian", "png", "png, 16 bits", "jpeg"),
        *("zarr 2", "zarr 2, bip", "zarr 3", "zarr 3, bil", "zarr 3, shards"),
    ],
)
def test_a_window_is_the_same_part_of_the_whole(written, name):
    header = read_header(written[name]())
    whole = header.load()
    assert whole.shape == header.shape == SHAPE
    assert len(np.unique(whole)) > 100
    assert header.window is not None
    for rows, cols in WINDOWS:
        part = header.window(rows, cols)
        np.testing.assert_array_equal(part, whole[:, rows, cols])
        assert part.dtype == whole.dtype == header.dtype
        assert part.flags.owndata or part.base.nbytes == part.nbytes  # holds no more than asked for
