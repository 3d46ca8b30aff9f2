from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.image import imread

from anyband_models.report.picture import colour_bar, picture_of_colours, picture_of_values


def pixels(address):
    head, packed = address.split(",")
    assert head == "data:image/png;base64"
    return imread(BytesIO(b64decode(packed)), format="png")


def test_colours_come_back_to_within_half_a_step():
    rgb = np.random.default_rng(0).random((5, 7, 3))
    seen = pixels(picture_of_colours(rgb))
    np.testing.assert_allclose(seen[..., :3], rgb, atol=0.5 / 255 + 1e-6)
    assert (seen[..., 3] == 1).all()


def test_what_is_not_known_is_clear():
    rgb = np.full((2, 2, 3), 0.5)
    rgb[0, 0, 1] = np.nan
    assert pixels(picture_of_colours(rgb))[..., 3].tolist() == [[0, 1], [1, 1]]
    values = np.array([[0.0, np.nan]])
    assert pixels(picture_of_values(values, 1.0, "viridis"))[..., 3].tolist() == [[1, 0]]


def test_values_have_the_colours_of_their_map_and_the_last_one_beyond():
    values = np.array([[0.0, 1.0, 2.0, 9.0]])
    expected = colormaps["cividis"]([0, 0.5, 1.0, 1.0])
    seen = pixels(picture_of_values(values, 2.0, "cividis"))[0]
    assert seen == pytest.approx(expected, abs=1 / 255)


def test_colour_bar_runs_from_the_first_colour_to_the_last():
    bar = pixels(colour_bar("viridis"))
    assert bar.shape == (1, 256, 4)
    assert bar[0, [0, -1]] == pytest.approx(colormaps["viridis"]([0.0, 1.0]), abs=1 / 255)
