import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS

from anyband_models.scene.formats.envi_map import known_wkt, read_map, write_map

INFO = ["UTM", "1", "1", "400000.5", "5000000.25", "30", "20", "33", "North", "WGS-84"]


@pytest.mark.parametrize("turn", [None, "rotation=30.0", "rotation = -40"])
def test_map_info_places_pixels_where_gdal_places_them(tmp_path, turn):
    info = INFO + ([turn] if turn else [])
    (tmp_path / "a.img").write_bytes(bytes(6))
    (tmp_path / "a.hdr").write_text(
        "ENVI\nsamples = 3\nlines = 2\nbands = 1\ndata type = 1\ninterleave = bsq\n"
        f"byte order = 0\nmap info = {{{', '.join(info).replace(' = ', '=')}}}\n"
    )
    crs, transform = read_map({"map info": info}, "a.hdr")
    with rasterio.open(tmp_path / "a.img") as image:
        np.testing.assert_allclose(transform, tuple(image.transform)[:6], atol=1e-9)
        assert CRS.from_wkt(crs) == image.crs


def test_a_reference_pixel_inside_the_image_moves_the_corner_back():
    info = ["Arbitrary", "3", "2", "100", "200", "10", "5"]
    assert read_map({"map info": info}, "a.hdr")[1] == (10.0, 0.0, 80.0, 0.0, -5.0, 205.0)


@pytest.mark.parametrize("code", [4326, 32601, 32733, 32760, 3035, 3857, 2056, 27700, 5514])
def test_a_reference_system_and_a_place_survive(code):
    crs, transform = CRS.from_epsg(code).to_wkt(), (0.1, 0.0, 1 / 3, 0.0, -0.7, 1e6 + 1 / 7)
    fields = write_map(crs, transform)
    assert read_map(fields, "a.hdr") == (crs, transform)


def test_any_six_coefficients_survive():
    transform = (1.5, 0.3, 4e5 + 1 / 3, -0.2, 2.5, 5e6)
    assert read_map(write_map("", transform), "a.hdr") == ("", transform)


def test_names_without_a_string_are_understood_for_the_common_systems():
    south = [*INFO[:8], "South", "WGS-84"]
    assert read_map({"map info": south}, "a.hdr")[0] == CRS.from_epsg(32733).to_wkt()
    plain = ["Geographic Lat/Lon", "1", "1", "10", "50", "0.1", "0.1", "WGS-84"]
    assert read_map({"map info": plain}, "a.hdr")[0] == CRS.from_epsg(4326).to_wkt()
    assert read_map({"map info": [*INFO[:9], "Potsdam"]}, "a.hdr")[0] == ""


def test_what_is_not_understood_is_left_empty():
    assert known_wkt("PROJCS[nonsense") == ""
    assert known_wkt("") == ""
