"""The arena's picture."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from anyband_models.report.arena import COLOURS, Panel, arena_plot

FAMILIES = ["random-10", "k3"]


def coloured(picture, number):
    """How many dots of the picture have a model's colour."""
    return (np.abs(picture - to_rgb(COLOURS[number])).max(axis=-1) < 0.02).sum(axis=1)


def test_each_model_is_drawn_in_each_panel_that_it_is_in():
    panels = [
        Panel("with", {"a": [1.0, 2.0], "b": [5.0, None]}),
        Panel("without", {"a": [0.5, -1.0]}),
    ]
    labels = {"a": "a", "b": "b (1 of 2 scenes)"}
    png = arena_plot("over linear", FAMILIES, panels, labels)
    picture = imread(BytesIO(png))[..., :3]
    half = len(picture) // 2
    assert coloured(picture, 0)[:half].sum() > 50
    assert coloured(picture, 0)[half:].sum() > 50
    assert coloured(picture, 1)[:half].sum() > 25
    assert coloured(picture, 1)[half : int(0.9 * len(picture))].sum() == 0  # below is the legend
    assert coloured(picture, 1)[int(0.9 * len(picture)) :].sum() > 10


@pytest.mark.parametrize("panels", [[], [Panel("with", {})]])
def test_without_anything_to_draw_there_is_a_picture(panels):
    picture = imread(BytesIO(arena_plot("over linear", FAMILIES, panels, {})))
    assert picture.shape[2] in (3, 4)
