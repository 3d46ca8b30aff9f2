from dataclasses import replace

import numpy as np

from anyband_models.models.contract import Origin
from anyband_models.report.maps import make_maps
from anyband_models.report.panels import make_panels


def panels_of(content):
    return {panel.title: panel for panel in make_panels(content, make_maps(content))}


def test_error_is_shown_only_where_the_truth_is_known(make_content):
    assert list(panels_of(make_content())) == ["Before", "After", "Missing", "Error", "Spread"]
    without = panels_of(make_content(with_truth=False))
    assert list(without) == ["Before", "After", "Missing", "Spread"]


def test_error_and_spread_share_their_colours(make_content):
    panels = panels_of(make_content())
    assert panels["Error"].bar == panels["Spread"].bar


def test_bar_tells_the_high_end_and_the_unit(make_content):
    content = make_content((4, 10, 10), with_truth=False)
    provenance = np.full((4, 10, 10), Origin.REPAIRED_PIXEL, dtype=np.uint8)
    std = np.full((4, 10, 10), 0.25, dtype=np.float32)
    result = replace(content.reconstruction, provenance=provenance, std=std)
    mask = np.zeros((4, 10, 10), dtype=bool)
    panels = panels_of(replace(content, reconstruction=result, mask=mask))
    assert (panels["Spread"].bar.high, panels["Spread"].bar.unit) == ("0.25", "1")
    assert (panels["Missing"].bar.high, panels["Missing"].bar.unit) == ("100", "%")


def test_scene_without_any_data_still_has_its_pictures(make_content):
    content = make_content((4, 3, 3), with_truth=False)
    nothing = np.full((4, 3, 3), np.nan, dtype=np.float32)
    empty = np.full((4, 3, 3), Origin.NO_DATA, dtype=np.uint8)
    result = replace(content.reconstruction, mean=nothing, std=nothing, provenance=empty)
    panels = panels_of(replace(content, reconstruction=result, mask=empty == 0))
    assert len(panels) == 4
