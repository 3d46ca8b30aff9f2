import os
from pathlib import Path

import pytest

from anyband_models.errors import InputError
from anyband_models.scene.formats import read_scene
from anyband_models.scene.formats.sniff import BEGINNINGS, PICTURES, STORE, sniff


@pytest.mark.parametrize(("beginning", "kind"), (BEGINNINGS | PICTURES).items())
def test_the_first_bytes_tell_the_format_whatever_the_name(tmp_path, beginning, kind):
    path = tmp_path / "scene.jpg"
    path.write_bytes(beginning + bytes(200))
    assert sniff(path) == kind


@pytest.mark.parametrize("name", ["scene.hdr", "scene.img.hdr", "scene.HDR"])
def test_raw_data_are_known_by_the_header_beside_them(tmp_path, name):
    (tmp_path / "scene.img").write_bytes(b"<1234567")
    (tmp_path / name).write_bytes(b"ENVI\n")
    assert sniff(tmp_path / "scene.img") == "ENVI"


def test_raw_data_that_begin_as_a_jpeg_does_are_known_by_their_header(tmp_path):
    (tmp_path / "scene.img").write_bytes(b"\xff\xd8\xff\xe0")
    assert sniff(tmp_path / "scene.img") == "JPEG"
    (tmp_path / "scene.hdr").write_bytes(b"ENVI\n")
    assert sniff(tmp_path / "scene.img") == "ENVI"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<VRTDataset rasterXSize='3'>", "an XML file, such as a VRT"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>", "an XML file"),
        (b"<!DOCTYPE html><p>", "a web page"),
        (b"<html>", "a web page"),
        (b"\x89HDF\r\n\x1a\n", "a plain HDF5 or NetCDF-4"),
        (b"CDF\x01", "a NetCDF file"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\x93NUMPY", r"a single NumPy array \(.npy\)"),
        (
            b"some words",
            r"its ENVI header is missing; GeoTIFF, ENVI, .* Zarr stores are read",
        ),
        (b"", "is empty"),
    ],
)
def test_another_format_is_named_and_refused(tmp_path, content, words):
    path = tmp_path / "scene.tif"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        sniff(path)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/scene.tif",
        "/vsicurl/https://example.org/x",
        "/vsizip/a.zip/b",
        "s3://a/b.zarr",
    ],
)
def test_what_is_not_a_local_file_is_refused(address):
    with pytest.raises(InputError, match="not a local file; download it first"):
        read_scene(address)


@pytest.mark.parametrize("name", STORE)
def test_a_folder_is_a_zarr_store_if_it_holds_the_description_of_one(tmp_path, name):
    (tmp_path / name).write_text("{}")
    assert sniff(tmp_path) == "Zarr"


def test_folders_missing_files_and_pipes_are_refused(tmp_path):
    with pytest.raises(InputError, match="is a folder; name a file in it"):
        sniff(tmp_path)
    with pytest.raises(InputError, match="there is no file"):
        sniff(tmp_path / "scene.tif")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        sniff(tmp_path / ("x" * 300))
    os.mkfifo(tmp_path / "pipe.tif")
    with pytest.raises(InputError, match="not an ordinary file"):
        sniff(tmp_path / "pipe.tif")


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "scene.tif"
    path.write_bytes(b"II*\0")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"scene.tif cannot be read: Permission denied"):
        sniff(path)
