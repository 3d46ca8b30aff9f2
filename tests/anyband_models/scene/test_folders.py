"""Folders in place of files."""

import pytest

from anyband_models.errors import InputError
from anyband_models.scene.folders import scenes_of


@pytest.fixture
def folder(make, save, tmp_path):
    for name in ("b.tif", "a.hdr"):
        save(make(), name)
    (tmp_path / "notes.txt").write_text("not a scene")
    (tmp_path / ".b.tif").write_bytes((tmp_path / "b.tif").read_bytes())
    (tmp_path / "more").mkdir()
    return tmp_path


def test_a_folder_is_its_scenes_by_name_and_a_pair_is_one(folder):
    assert scenes_of(folder) == [folder / "a.hdr", folder / "b.tif"]


def test_a_file_is_itself_and_so_is_what_is_not_there(folder):
    for path in (folder / "b.tif", folder / "none", folder / "notes.txt"):
        assert scenes_of(path) == [path]


def test_a_folder_without_a_scene_is_refused(folder):
    with pytest.raises(InputError) as refused:
        scenes_of(folder / "more")
    assert str(refused.value) == (
        f"the folder {folder / 'more'} holds no scene; name a file, or another folder"
    )


def test_a_zarr_store_is_a_scene_and_no_folder_of_scenes(folder, make):
    make().cube.to_dataset(name="cube").to_zarr(folder / "c.zarr", consolidated=False)
    assert scenes_of(folder / "c.zarr") == [folder / "c.zarr"]
    assert scenes_of(folder)[-1] == folder / "c.zarr"


def test_what_a_repair_writes_beside_a_cube_is_left_out(folder, make, save):
    for name in ("b.std.tif", "b.caution.tif", "b.provenance.tif", "c.std.tif"):
        save(make(), name)
    assert scenes_of(folder) == [folder / "a.hdr", folder / "b.tif", folder / "c.std.tif"]


def test_half_of_a_pair_another_archive_and_quick_looks_are_left_out(folder):
    (folder / "a.hdr").rename(folder / "alone.hdr")
    (folder / "other.zip").write_bytes(b"PK\x03\x04")
    (folder / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert scenes_of(folder) == [folder / "b.tif"]
    (folder / "b.tif").unlink()
    assert scenes_of(folder) == [folder / "b.png"]
