from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from anyband_models.report.contact_sheet import (
    DOTS_PER_INCH,
    PANEL_INCHES,
    Panel,
    contact_sheet,
    shared_stretch,
)


def seen(png):
    return imread(BytesIO(png))[..., :3]


def test_each_picture_stands_in_its_place():
    red, blue = np.zeros((4, 4, 3)), np.zeros((4, 4, 3))
    red[..., 0], blue[..., 2] = 1, 1
    sheet = seen(contact_sheet("title", [[Panel(red, "one"), None, Panel(blue, "two\nlines")]]))
    side = PANEL_INCHES * DOTS_PER_INCH
    rows = sheet.shape[0]
    assert sheet.shape[1] == pytest.approx(3 * side + 0.3 * DOTS_PER_INCH, abs=2)
    columns = [int(0.15 * DOTS_PER_INCH + side * (place + 0.5)) for place in range(3)]
    middle = rows - int(0.6 * side)
    np.testing.assert_allclose(sheet[middle, columns], [[1, 0, 0], [1, 1, 1], [0, 0, 1]], atol=0.02)


def test_values_have_colours_between_their_limits():
    values = np.full((3, 3), 5.0)
    low, high = (
        seen(contact_sheet("", [[Panel(values, "", limits)]]))
        for limits in ((5.0, 9.0), (1.0, 5.0))
    )
    place = tuple(length // 2 + 10 for length in low.shape[:2])
    np.testing.assert_allclose(low[place], 0, atol=0.02)
    np.testing.assert_allclose(high[place], 1, atol=0.02)


def test_pictures_share_one_stretch():
    dark, bright = np.full((2, 2, 3), 0.1), np.full((2, 2, 3), 0.3)
    first, second = shared_stretch([dark, bright], (0.0, 100.0))
    np.testing.assert_allclose(first, 0, atol=1e-6)
    np.testing.assert_allclose(second, 1, atol=1e-6)
    nothing = np.full((2, 2), np.nan)
    assert np.isnan(shared_stretch([nothing], (2.0, 98.0))[0]).all()
