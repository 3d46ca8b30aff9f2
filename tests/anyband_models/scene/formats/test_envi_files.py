from pathlib import Path

import pytest

from anyband_models.errors import InputError
from anyband_models.files import staged
from anyband_models.scene.formats import output_files, write_scene
from anyband_models.scene.formats.envi_files import DATA_SUFFIXES, output_pair, pair


@pytest.mark.parametrize("suffix", ["", *DATA_SUFFIXES, ".BIL"])
def test_the_data_file_is_found_by_its_header_and_the_other_way(tmp_path, suffix):
    header, data = tmp_path / "a.b.hdr", tmp_path / f"a.b{suffix}"
    header.write_bytes(b"ENVI")
    data.write_bytes(b"data")
    assert pair(header) == (header, data)
    if suffix:
        assert pair(data) == (header, data)


def test_none_or_several_data_files_are_refused(tmp_path):
    header = tmp_path / "a.hdr"
    header.write_bytes(b"ENVI")
    with pytest.raises(InputError, match=r"no data file beside it; it must be called a, or a with"):
        pair(header)
    for name in ("a.img", "a.bil"):
        (tmp_path / name).write_bytes(b"data")
    with pytest.raises(InputError, match=r"several data files beside it: a.img, a.bil"):
        pair(header)


def test_a_header_of_another_kind_does_not_count(tmp_path):
    (tmp_path / "a.hdr").write_bytes(b"BYTEORDER I")
    (tmp_path / "a.bil").write_bytes(b"data")
    with pytest.raises(InputError, match=r"has no ENVI header beside it, such as a.hdr"):
        pair(tmp_path / "a.bil")


@pytest.mark.parametrize(
    ("name", "header", "data"),
    [("o.hdr", "o.hdr", "o.img"), ("o.bil", "o.hdr", "o.bil"), ("a.b.img", "a.b.hdr", "a.b.img")],
)
def test_names_of_an_output(name, header, data):
    assert output_pair(Path(name)) == (Path(header), Path(data))


@pytest.mark.parametrize("name", ["o.tif", "o.hdr", "o.dat"])
def test_only_the_named_files_appear_and_only_at_the_end(make, tmp_path, name):
    with staged() as stage:
        write_scene(make(), tmp_path / name, stage)
        assert all(path.suffix == ".partial" for path in tmp_path.iterdir())
        names = list(stage.pending)
    assert set(tmp_path.iterdir()) == set(output_files(tmp_path / name)) == set(names)
    if name != "o.tif":
        assert names[-1].suffix == ".hdr"
