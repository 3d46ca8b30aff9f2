"""Pictures and Zarr stores, which are read and not written: from the file to a repaired scene."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from anyband_models.scene.formats import read_scene

pytestmark = pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning")


@pytest.fixture
def photograph(tmp_path):
    numbers = np.random.default_rng(0).integers(1, 256, (8, 9, 3)).astype("u1")
    Image.fromarray(numbers).save(tmp_path / "photograph.png")
    return tmp_path / "photograph.png"


@pytest.fixture
def store(scene, tmp_path):
    """A store of a scene whose band 4 is no data."""
    cube = scene(dead=[3]).cube
    cube.to_dataset(name="cube").to_zarr(tmp_path / "scene.zarr")
    return tmp_path / "scene.zarr"


def test_a_picture_is_repaired_into_a_geotiff(anyband, photograph, tmp_path):
    ended = anyband(
        "repair", photograph, "-o", tmp_path / "full.tif", "--bad-bands", "2", "--model", "pchip"
    )
    assert (ended.code, ended.err) == (
        0,
        "note: 72 entries lie in a long gap; the caution layer marks them 2\n",
    )
    before, after = read_scene(photograph), read_scene(tmp_path / "full.tif")
    np.testing.assert_array_equal(after.stored[[0, 2]], before.stored[[0, 2]])
    assert (after.stored[1] != before.stored[1]).any()
    assert after.stored.dtype == np.uint8
    assert (after.meta.quantity, after.meta.band_names) == ("dn", ("red", "green", "blue"))


def test_a_picture_is_inspected(anyband, photograph):
    ended = anyband("inspect", photograph, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["format"] == "Picture"
    assert ended.json["wavelengths_nm"] == [460.0, 640.0]


def test_no_picture_is_written(anyband, photograph, tmp_path):
    ended = anyband("repair", photograph, "-o", tmp_path / "full.png")
    assert ended.refused(2, "full.png names no format that is written; end it with .tif")


def test_a_picture_with_an_alpha_band_is_refused(anyband, photograph, tmp_path):
    Image.open(photograph).convert("RGBA").save(tmp_path / "alpha.png")
    ended = anyband("repair", tmp_path / "alpha.png", "-o", tmp_path / "full.tif")
    assert ended.refused(3, "alpha.png marks missing pixels", "save it without transparency")


@pytest.mark.parametrize("name", ["full.tif", "full.hdr"])
def test_a_store_is_repaired(anyband, store, tmp_path, name):
    ended = anyband("repair", store, "-o", tmp_path / name, "--model", "linear")
    assert (ended.code, ended.err) == (0, "")
    before, after = read_scene(store), read_scene(tmp_path / name)
    kept = [0, 1, 2, 4, 5, 6, 7]
    np.testing.assert_array_equal(after.stored[kept], before.stored[kept])
    assert np.isfinite(after.values).all()
    np.testing.assert_array_equal(after.fwhm, before.fwhm)


def test_no_file_of_a_store_is_replaced(anyband, store):
    (store / "cube" / "copy.tif").hardlink_to(store / "cube" / "zarr.json")
    ended = anyband("repair", store, "-o", store / "cube" / "copy.tif", "--overwrite")
    assert ended.refused(2, "is read by this command and is not replaced")


def test_an_image_of_indices_is_made_from_a_store(physops_command, store, tmp_path):
    output = tmp_path / "exg.tif"
    ended = physops_command("compute", "exg", store, "-o", output, "--json")
    assert ended.code == 0, ended.err
    files = [file for file in store.rglob("*") if file.is_file()]
    told = ended.json["sha256_of_inputs"]
    assert len(told) == len(files)
    for file in (store / "zarr.json", store / "cube" / "zarr.json"):
        assert told[file.as_posix()] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_ordinary_folder_is_refused(anyband, tmp_path):
    (tmp_path / "folder").mkdir()
    ended = anyband("inspect", tmp_path / "folder")
    assert ended.refused(3, "folder is a folder; name a file in it")
