import numpy as np
import pytest

import srf_library
from srf_library import Band, Sensor, compare


def test_a_sensor_equals_itself():
    sensor = srf_library.get("landsat8_oli")
    for pair in compare(sensor, sensor):
        assert pair.first is pair.second
        assert pair.overlap == pytest.approx(1)
        assert pair.centroid_shift == pair.fwhm_change == 0


def test_boxes_overlap_by_their_areas():
    boxes = [
        Sensor("box", "Box", (Band.sampled("B", [low, high], [1.0, 1.0]),))
        for low, high in ((500.0, 540.0), (510.0, 560.0))
    ]
    (pair,) = compare(*boxes)
    assert pair.overlap == pytest.approx(30 / 60)
    assert pair.centroid_shift == pytest.approx(15)
    assert pair.fwhm_change == pytest.approx(10)


def test_a_band_without_a_partner_has_none():
    pairs = {pair.first.name: pair for pair in compare("S2A", "venus")}
    assert pairs["B12"].second is None
    assert pairs["B12"].overlap == 0
    assert np.isnan(pairs["B12"].centroid_shift)
    assert np.isnan(pairs["B12"].fwhm_change)
    assert pairs["B4"].second.name == "B7"


def test_a_sliver_is_no_partner():
    (pair,) = compare(srf_library.get("S2A").select("B6"), srf_library.get("S2A").select("B5"))
    assert pair.overlap < 0.05
    assert pair.second is None
