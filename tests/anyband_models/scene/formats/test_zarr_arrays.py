import json
import os
import shutil
import sys

import numpy as np
import pytest
import zarr
from numcodecs import Blosc, Zlib

from anyband_models.errors import InputError, ResourceError
from anyband_models.scene.formats import read_header, read_scene
from anyband_models.scene.formats.zarr_arrays import CODECS, open_arrays

NUMBERS = np.random.default_rng(0).integers(-5000, 5000, (3, 40, 50)).astype("i2")
WAVELENGTHS = np.array([450.0, 550.0, 650.0])
VERSIONS = pytest.mark.parametrize("version", [2, 3])


@pytest.fixture
def store(tmp_path):
    """Writes a store by zarr itself: a cube in chunks of 3 x 16 x 16."""

    def write(version=3, **options):
        group = zarr.open_group(tmp_path / "s", mode="w", zarr_format=version)
        dims = ("band", "y", "x")
        named = {"dimension_names": dims} if version == 3 else {}
        attributes = {} if version == 3 else {"_ARRAY_DIMENSIONS": dims}
        options = {"chunks": (3, 16, 16), "attributes": attributes} | named | options
        group.create_array("cube", data=NUMBERS, **options)
        return tmp_path / "s"

    return write


def read(path):
    return read_scene(path, wavelengths=WAVELENGTHS, quantity="dn")


def describe(path, version, change):
    """Change how a store describes its cube."""
    file = path / "cube" / ("zarr.json" if version == 3 else ".zarray")
    described = json.loads(file.read_text())
    change(described)
    file.write_text(json.dumps(described))


def chunk(path, version, row, col):
    return path / "cube" / (f"c/0/{row}/{col}" if version == 3 else f"0.{row}.{col}")


@VERSIONS
def test_a_window_needs_no_chunk_but_its_own(store, version):
    path = store(version)
    header = read_header(path)
    kept = {chunk(path, version, 1, col) for col in (0, 1)}
    for row in range(3):
        for col in range(4):
            if chunk(path, version, row, col) not in kept:
                chunk(path, version, row, col).write_bytes(b"no chunk at all")
    part = header.window(slice(16, 32), slice(3, 31))
    np.testing.assert_array_equal(part, NUMBERS[:, 16:32, 3:31])
    with pytest.raises(
        InputError, match=r"s cannot be read as a Zarr store: |cut off; copy the store again"
    ):
        header.window(slice(16, 33), slice(3, 31))
    with pytest.raises(
        InputError, match=r"s cannot be read as a Zarr store: |cut off; copy the store again"
    ):
        header.load()


def test_shards_are_read(store):
    np.testing.assert_array_equal(read(store(shards=(3, 48, 64))).stored, NUMBERS)


@VERSIONS
def test_a_chunk_that_was_never_written_is_the_fill_value(store, version):
    path = store(version, fill_value=-7)
    chunk(path, version, 2, 3).unlink()
    scene = read(path)
    assert (scene.stored[:, 32:, 48:] == -7).all()
    np.testing.assert_array_equal(scene.stored[:, :32], NUMBERS[:, :32])


def test_known_codecs_of_both_versions_are_accepted(store):
    for options in ({"compressors": None}, {"compressors": Zlib()}, {"filters": "auto"}):
        np.testing.assert_array_equal(read(store(2, **options)).stored, NUMBERS)
    for codec in (zarr.codecs.BloscCodec(), zarr.codecs.GzipCodec(), zarr.codecs.Crc32cCodec()):
        np.testing.assert_array_equal(read(store(compressors=[codec])).stored, NUMBERS)


class Marker:
    """Unpickling it would create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize(
    "change",
    [
        {"compressor": {"id": "pickle"}},
        {"filters": [{"id": "pickle"}]},
        {"filters": [{"id": "shuffle", "elementsize": 2}, {"id": "pickle"}]},
        {"dtype": "|O", "filters": [{"id": "pickle"}]},
        {"dtype": "|O", "compressor": {"id": "pickle"}, "fill_value": None},
    ],
    ids=json.dumps,
)
def test_nothing_is_unpickled(store, tmp_path, monkeypatch, change):
    """Not even where numcodecs is told to, or is so old that it always does."""
    import pickle

    import numcodecs.pickles

    monkeypatch.setattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE", True, raising=False)
    path, marker = store(2, compressors=None), tmp_path / "marker"
    describe(path, 2, lambda described: described.update(change))
    for file in (path / "cube").glob("0.*"):
        file.write_bytes(pickle.dumps(Marker(marker)))
    with pytest.raises(InputError, match=r"s(: the array| cannot be read as a Zarr store|stores)"):
        read(path)
    assert not marker.exists()


def test_a_codec_that_is_not_known_is_refused(store):
    assert "pickle" not in CODECS
    path = store(2, compressors=None)
    describe(path, 2, lambda described: described.update(compressor={"id": "base64"}))
    with pytest.raises(
        InputError, match="'cube' is packed by 'base64', which is not trusted; save"
    ):
        read(path)


def test_a_codec_inside_a_shard_is_looked_at_too(store, monkeypatch):
    path = store(shards=(3, 48, 64))
    monkeypatch.setattr("anyband_models.scene.formats.zarr_arrays.CODECS", CODECS - {"crc32c"})
    with pytest.raises(InputError, match="packed by 'crc32c', which is not trusted"):
        read(path)


@VERSIONS
def test_a_chunk_that_does_not_fit_into_memory_is_refused(store, version):
    path = store(version)

    def enlarge(described):
        size = [3, 10**7, 10**7]
        if version == 2:
            described["chunks"] = size
        else:
            described["chunk_grid"]["configuration"]["chunk_shape"] = size

    describe(path, version, enlarge)
    with pytest.raises(ResourceError, match=r"a chunk of .*s holds 3 x 10000000 x 10000000 int16"):
        read_header(path)


CODINGS = {
    "blosc 2": (2, {"compressors": Blosc()}),
    "zlib 2": (2, {"compressors": Zlib()}),
    "none 2": (2, {"compressors": None}),
    "blosc 3": (3, {"compressors": [zarr.codecs.BloscCodec()]}),
    "zstd 3": (3, {"compressors": [zarr.codecs.ZstdCodec()]}),
    "none 3": (3, {"compressors": None}),
    "shards": (3, {"shards": (3, 48, 64)}),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_truncated_chunk_is_refused_at_every_length(store, coding):
    """Blosc by itself would read on behind the end of it."""
    version, options = CODINGS[coding]
    path = store(version, **options)
    whole = chunk(path, version, 0, 0).read_bytes()
    for length in (0, 1, 8, 15, 16, 17, len(whole) // 2, len(whole) - 1):
        chunk(path, version, 0, 0).write_bytes(whole[:length])
        with pytest.raises(
            InputError, match=r"s(/cube/\S+ is a chunk that was|.* as a Zarr)"
        ) as no:
            read(path)
        assert "\n" not in str(no.value)


@VERSIONS
def test_a_damaged_description_never_ends_in_another_error(store, version):
    path = store(version)
    file = path / "cube" / ("zarr.json" if version == 3 else ".zarray")
    whole = file.read_bytes()
    answers = set()
    for place in range(0, len(whole), 3):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 2]) + whole[place + 1 :])
        try:
            answers.add(type(read(path)).__name__)
        except (InputError, ResourceError) as error:
            answers.add(type(error).__name__ if "\n" not in str(error) else str(error))
    assert {"InputError"} <= answers <= {"InputError", "ResourceError", "Scene"}


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 100_000, '{"zarr_format": 4}', "\xff"])
@pytest.mark.parametrize("name", ["zarr.json", ".zgroup", ".zattrs", ".zarray"])
def test_what_only_looks_like_a_store_is_refused(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="latin-1")
    with pytest.raises(
        InputError, match=r"^.*(cannot be read as a Zarr|is a single Zarr|no varia)"
    ):
        read_scene(tmp_path)


@VERSIONS
def test_a_single_array_is_refused(store, version):
    with pytest.raises(
        InputError, match=r"cube is a single Zarr array; name the store that it lie"
    ):
        read_scene(store(version) / "cube")


def test_pipes_and_links_to_folders_are_refused(store, tmp_path):
    path = store()
    os.mkfifo(path / "pipe")
    with pytest.raises(InputError, match="holds pipe, which is no ordinary file or folder; copy"):
        read(path)
    (path / "pipe").unlink()
    (path / "round").symlink_to(path)
    with pytest.raises(InputError, match="holds round, which is no ordinary file or folder"):
        read(path)


def test_files_of_other_programs_do_no_harm_and_nothing_is_shown(store, capfd):
    path = store()
    (path / ".DS_Store").write_bytes(b"\0")
    (path / "notes").mkdir()
    np.testing.assert_array_equal(read(path).stored, NUMBERS)
    assert capfd.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning")
def test_a_summary_that_is_out_of_date_does_not_count(store):
    path = store()
    zarr.consolidate_metadata(path)
    shutil.copytree(path / "cube", path / "second")
    assert list(open_arrays(path)) == ["cube", "second"]


def test_without_zarr_the_sentence_says_what_to_install(store, monkeypatch):
    path = store()
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(
        InputError, match=r"needs the package zarr .* pip install 'anyband\[scale\]'"
    ):
        read(path)
