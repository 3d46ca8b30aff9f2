"""A user's own mask."""

import zipfile

import numpy as np
import pytest
import rasterio

from anyband_models.damage.mask_file import read_mask
from anyband_models.errors import InputError

BANDS, ROWS, COLUMNS = SHAPE = (3, 4, 5)


@pytest.fixture
def plane():
    return np.random.default_rng(0).random((ROWS, COLUMNS)) < 0.3


@pytest.fixture
def cube():
    return np.random.default_rng(1).random(SHAPE) < 0.3


def write_tif(path, planes):
    profile = {"driver": "GTiff", "dtype": planes.dtype, "count": len(planes)}
    with rasterio.open(
        path,
        "w",
        height=ROWS,
        width=COLUMNS,
        transform=rasterio.Affine(1, 0, 5, 0, -1, 9),
        **profile,
    ) as file:
        file.write(planes)


@pytest.mark.parametrize("dtype", [bool, "u1", ">i2", "f4", "f8"])
def test_npz_of_one_plane_holds_for_every_band(tmp_path, plane, dtype):
    np.savez(tmp_path / "m.npz", mask=plane.astype(dtype) * 3)
    np.testing.assert_array_equal(read_mask(tmp_path / "m.npz", SHAPE), [plane] * BANDS)


@pytest.mark.parametrize("dtype", [bool, "u1", "f4"])
def test_npz_of_all_bands(tmp_path, cube, dtype):
    np.savez_compressed(tmp_path / "m.npz", mask=cube.transpose(1, 2, 0).astype(dtype))
    np.testing.assert_array_equal(read_mask(tmp_path / "m.npz", SHAPE), cube)


def test_geotiff_of_one_band_holds_for_every_band(tmp_path, plane):
    write_tif(tmp_path / "m.tif", plane[np.newaxis].astype("u1") * 255)
    np.testing.assert_array_equal(read_mask(tmp_path / "m.tif", SHAPE), [plane] * BANDS)


def test_geotiff_of_all_bands(tmp_path, cube):
    write_tif(tmp_path / "m.tif", cube.astype("<i2") * -1)
    np.testing.assert_array_equal(read_mask(tmp_path / "m.tif", SHAPE), cube)


@pytest.mark.parametrize("shape", [(5, 4), (4, 5, 2), (4, 5, 4), (3, 4, 5)])
def test_another_shape_is_refused(tmp_path, shape):
    np.savez(tmp_path / "m.npz", mask=np.ones(shape))
    with pytest.raises(InputError, match=r"the scene \(3, 4, 5\); a mask has the scene's rows"):
        read_mask(tmp_path / "m.npz", SHAPE)


@pytest.mark.parametrize("shape", [(), (4,), (4, 5, 3, 1)])
def test_another_number_of_axes_is_refused(tmp_path, shape):
    np.savez(tmp_path / "m.npz", mask=np.ones(shape))
    with pytest.raises(InputError, match=rf"'mask' in .* has {len(shape)} axes"):
        read_mask(tmp_path / "m.npz", SHAPE)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_mask(tmp_path / "m.npz", SHAPE)


def test_an_archive_without_a_mask(tmp_path):
    np.savez(tmp_path / "m.npz", other=np.ones(SHAPE))
    with pytest.raises(InputError, match="no plain array called 'mask'"):
        read_mask(tmp_path / "m.npz", SHAPE)


@pytest.mark.parametrize("mask", [np.array([["a"] * 5] * 4), np.ones((4, 5), complex)])
def test_what_is_no_number_is_refused(tmp_path, mask):
    np.savez(tmp_path / "m.npz", mask=mask)
    with pytest.raises(InputError, match=r"holds .* values, not numbers"):
        read_mask(tmp_path / "m.npz", SHAPE)


class Trap:
    def __reduce__(self):
        return pytest.fail, ("a pickle was loaded",)


def test_a_pickle_is_not_loaded(tmp_path):
    np.savez(tmp_path / "m.npz", mask=np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="no plain array called 'mask'"):
        read_mask(tmp_path / "m.npz", SHAPE)


@pytest.mark.parametrize("kept", [3, 30, 100, 0.5, 0.9])
def test_an_archive_cut_off(tmp_path, kept):
    path = tmp_path / "m.npz"
    np.savez_compressed(path, mask=np.random.default_rng(0).random((4, 5)))
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept >= 1 else kept * len(content))])
    with pytest.raises(InputError, match="no plain array called 'mask'"):
        read_mask(path, SHAPE)


def test_an_archive_with_a_wrong_checksum(tmp_path):
    path = tmp_path / "m.npz"
    np.savez(path, mask=np.zeros((4, 5)))
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("mask.npy").header_offset
    content = bytearray(path.read_bytes())
    content[start + 200] ^= 255
    path.write_bytes(content)
    with pytest.raises(InputError, match="no plain array called 'mask'"):
        read_mask(path, SHAPE)


def test_a_geotiff_cut_off(tmp_path, cube):
    path = tmp_path / "m.tif"
    write_tif(path, cube.astype("u1"))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(InputError, match="cannot be read as a GeoTIFF"):
        read_mask(path, SHAPE)


@pytest.mark.parametrize("content", [b"", b"<VRTDataset/>", b"1,0,1\n"])
def test_anything_else_is_refused(tmp_path, content):
    (tmp_path / "m.tif").write_bytes(content)
    with pytest.raises(InputError, match=r"neither a .npz nor a GeoTIFF"):
        read_mask(tmp_path / "m.tif", SHAPE)
