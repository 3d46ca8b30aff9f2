"""What a file holds, in words and numbers."""

import json

import numpy as np

from anyband_models.repair.inspection import describe_scene
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.scene import make_scene


def test_the_facts_of_a_scene():
    stored = np.arange(1, 25, dtype="<i2").reshape(4, 2, 3)
    stored[1] = -9999
    stored[:, 0, 0] = -9999
    meta = SceneMeta(
        dtype="<i2",
        scale=(0.5, 1.0, 1.0, 1.0),
        offset=(0.0,) * 4,
        nodata=-9999,
        quantity=Quantity.DN,
        driver="ENVI",
    )
    good = np.array([True, True, False, True])
    scene = make_scene(
        stored, meta, np.array([500.0, 600, 550, 700]), np.array([9, 9, np.nan, 9]), good
    )
    facts = describe_scene(scene)
    assert facts["format"] == "ENVI"
    assert (facts["bands"], facts["rows"], facts["columns"]) == (4, 2, 3)
    assert facts["scale"] == [0.5, 1.0]
    assert facts["offset"] == 0
    assert facts["values"] == [1.0, 24.0]
    assert facts["wavelengths_sorted"] is False
    assert facts["widths_known"] == 3
    assert facts["marked_bad"] == 1
    assert facts["crs"] == "none"
    assert facts["empty_bands"] == [2, 3]
    assert facts["empty_pixels"] == 1
    assert facts["damage"] == [
        "no data: bands 1-4 (9 entries)",
        "marked bad by the file: band 3 (6 entries)",
    ]
    assert json.loads(json.dumps(facts)) == facts


def test_a_scene_without_a_value_is_described_too():
    meta = SceneMeta(scale=(1.0,), offset=(0.0,))
    facts = describe_scene(make_scene(np.full((1, 2, 2), np.nan, "<f4"), meta, np.array([500.0])))
    assert facts["values"] == []
    assert facts["empty_pixels"] == 4
