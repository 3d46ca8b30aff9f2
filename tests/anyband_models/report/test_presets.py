from dataclasses import replace

import numpy as np
import pytest

from anyband_models.report.maps import make_maps
from anyband_models.report.presets import choose_presets


def presets_of(content, stride=1):
    return {p.name: (p.row, p.column) for p in choose_presets(content, make_maps(content), stride)}


@pytest.mark.parametrize("stride", [1, 4])
def test_extremes_are_extreme_among_the_pixels_that_are_there(make_content, stride):
    content = make_content((13, 25, 31))
    maps, presets = make_maps(content), presets_of(content, stride)
    for name, values in {
        "brightest": maps.brightness,
        "darkest": -maps.brightness,
        "most missing": maps.missing,
        "most uncertain": maps.spread,
        "largest error": maps.error,
    }.items():
        thinned = values[::stride, ::stride]
        assert thinned[presets[name]] == np.nanmax(thinned)


def test_greenest_has_the_largest_ndvi_of_positive_values(make_content):
    content = make_content(wavelength=[665, 835, 1000, 2000], shape=(4, 5, 6), with_truth=False)
    mean = np.full((4, 5, 6), 0.2, dtype=np.float32)
    mean[1, 2, 3] = 0.8
    mean[0, 4, 4] = -0.1  # NDVI above 1, and no plant
    result = replace(content.reconstruction, mean=mean)
    assert presets_of(replace(content, reconstruction=result))["greenest"] == (2, 3)


def test_nothing_is_greenest_without_red_and_infrared(make_content):
    content = make_content(wavelength=[9000, 9500, 10000, 10500], shape=(4, 5, 6))
    assert "greenest" not in presets_of(content)


def test_flat_maps_have_no_extremes(make_content):
    content = make_content((4, 5, 6), with_truth=False)
    flat = np.ones((5, 6))
    maps = replace(make_maps(content), brightness=flat, missing=flat, spread=flat * np.nan)
    assert {p.name for p in choose_presets(content, maps, 1)} <= {"centre", "greenest"}


def test_centre_is_always_there(make_content):
    assert presets_of(make_content((4, 1, 1)))["centre"] == (0, 0)
