import pytest

import srf_library
from anyband_models.errors import UsageError
from anyband_models.report.responses import _parts, draw
from srf_library import Band


def test_wide_stretches_without_a_response_are_left_out():
    bands = [Band.gaussian("a", 500, 50), Band.gaussian("b", 560, 50), Band.gaussian("c", 1600, 50)]
    assert _parts(bands) == [(390, 670), (1490, 1710)]


def test_bands_inside_others_do_not_shorten_a_stretch():
    bands = [Band.gaussian("pan", 600, 200), Band.gaussian("a", 500, 20)]
    assert _parts(bands) == [(190, 1010)]


def test_sensors_without_a_name_for_every_curve_are_drawn(tmp_path):
    draw([srf_library.get("aviris_ng")], tmp_path / "many.png", ".png")
    assert (tmp_path / "many.png").stat().st_size > 10_000


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(
        UsageError, match=r"a plot's name ends in \.png, \.svg, \.pdf, not in nothing"
    ):
        draw([srf_library.get("S2A")], tmp_path / "x", "")
    assert not list(tmp_path.iterdir())
