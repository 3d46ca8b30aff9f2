"""Which bands of a sensor a file holds."""

from pathlib import Path

import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.jobs.scene_bands import own_bands
from anyband_models.scene.formats.header import SceneHeader
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.wavelengths import StatedBands
from srf_library import get


def header(count, *names):
    meta = SceneMeta(scale=(1.0,) * count, offset=(0.0,) * count, band_names=names)
    return SceneHeader((count, 2, 2), StatedBands(), meta, lambda: np.zeros((count, 2, 2)))


def held(sensor, count, *names):
    return own_bands(header(count, *names), get(sensor), Path("scene.tif"))


@pytest.mark.parametrize(
    ("sensor", "names", "bands"),
    [
        ("S2A", ("B08", "B04"), ("B8", "B4")),
        ("S2A", ("B8A", "B11"), ("B8A", "B11")),
        ("L8", ("SR_B4", "SR_B5"), ("B4", "B5")),
        ("S2A", ("Band 4 - Red", "Band 8 - NIR"), ("B4", "B8")),
        ("S2A", ("4", "8"), ("B4", "B8")),
    ],
)
def test_bands_are_known_by_their_names(sensor, names, bands):
    assert held(sensor, len(names), *names).names == bands


@pytest.mark.parametrize("names", [(), tuple(f"Band {number}" for number in range(1, 10))])
def test_as_many_bands_as_the_sensor_has_are_in_its_order(names):
    assert held("L8", 9, *names).names == get("L8").names


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "has 13 bands, and no names tell which the 3 of the file are"),
        (("1", "2", "3"), "no names tell which the 3"),
        (("B2", "B3", "NDVI"), "does not know 'NDVI'"),
        (("B2", "B02", "B3"), "has each band once"),
    ],
)
def test_bands_that_cannot_be_told_are_refused(names, words):
    with pytest.raises(InputError, match=words):
        held("S2A", 3, *names)


def test_without_a_sensor_there_is_nothing_to_tell():
    assert own_bands(header(3), None, Path("scene.tif")) is None
