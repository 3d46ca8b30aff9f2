import pytest

from anyband_models.errors import UsageError
from anyband_models.scene.formats.bystanders import check_envi, check_geotiff

HEADER = "ENVI\nsamples = 1\n"


@pytest.mark.parametrize("suffix", [".aux.xml", ".msk", ".ovr"])
def test_a_sidecar_of_an_earlier_file_is_not_taken_over(tmp_path, suffix):
    check_geotiff(tmp_path / "x.tif")
    (tmp_path / f"x.tif{suffix}").write_text("old")
    with pytest.raises(UsageError, match=r"read as part of x\.tif; remove it"):
        check_geotiff(tmp_path / "x.tif")


@pytest.mark.parametrize("output", ["x.hdr", "x.img"])
def test_another_cube_does_not_get_our_header(tmp_path, output):
    (tmp_path / "x.bil").write_bytes(b"1")
    with pytest.raises(UsageError, match=r"x\.bil stands there and would be mixed up"):
        check_envi(tmp_path / output)
    # With a header of its own it keeps that one.
    (tmp_path / "x.bil.hdr").write_text(HEADER)
    assert check_envi(tmp_path / output) is None


def test_our_cube_does_not_get_another_header(tmp_path):
    (tmp_path / "x.img.hdr").write_text(HEADER)
    with pytest.raises(UsageError, match=r"x\.img\.hdr stands there"):
        check_envi(tmp_path / "x.img")


def test_our_own_earlier_pair_is_no_bystander(tmp_path):
    (tmp_path / "x.img").write_bytes(b"1")
    (tmp_path / "x.hdr").write_text(HEADER)
    assert check_envi(tmp_path / "x.hdr") is None
