"""What is found wrong with a scene, and how much of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.damage.detect import detect
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

BANDS, ROWS, COLUMNS = SHAPE = (4, 3, 5)


def scene_of(stored, nodata=None, good=None):
    bands = len(stored)
    meta = SceneMeta(
        dtype=stored.dtype.str, scale=(1.0,) * bands, offset=(0.0,) * bands, nodata=nodata
    )
    return make_scene(stored, meta, 500.0 + 10.0 * np.arange(bands), good=good)


def sound(dtype="<f4"):
    return np.arange(1, 61, dtype=dtype).reshape(SHAPE)


def causes(damage):
    return [(finding.cause, finding.bands, finding.entries) for finding in damage.findings]


def test_a_sound_scene_has_no_findings():
    damage = detect(scene_of(sound()))
    assert not damage.missing.any()
    assert damage.findings == ()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_data(value):
    stored = sound()
    stored[1, 2, 3] = value
    damage = detect(scene_of(stored))
    assert causes(damage) == [("no data", (1,), 1)]
    assert np.argwhere(damage.missing).tolist() == [[1, 2, 3]]


def test_declared_no_data_is_found_inside_the_range_of_the_values():
    damage = detect(scene_of(sound("<i2"), nodata=7))
    assert causes(damage) == [("no data", (0,), 1)]


def test_bands_that_the_file_marks():
    damage = detect(scene_of(sound(), good=np.array([True, False, True, False])))
    assert causes(damage) == [("marked bad by the file", (1, 3), 2 * ROWS * COLUMNS)]
    assert damage.empty_bands == (1, 3)


def test_bands_that_the_user_names():
    damage = detect(scene_of(sound()), bad_bands=(0, 2))
    assert causes(damage) == [("named bad by the user", (0, 2), 2 * ROWS * COLUMNS)]


def test_entries_that_the_mask_marks():
    mask = np.zeros(SHAPE, bool)
    mask[3, 0, :2] = True
    damage = detect(scene_of(sound()), mask=mask)
    assert causes(damage) == [("marked by the mask file", (3,), 2)]
    np.testing.assert_array_equal(damage.missing, mask)


@pytest.mark.parametrize(
    ("dtype", "fill", "found"),
    [
        ("<i2", -9999, True),
        (">i2", -9999, True),
        ("<i2", -32768, True),
        ("<i4", -9999, True),
        ("<f4", -9999, True),
        (">f8", -32768, True),
        ("<f4", -0.01, False),  # in one entry it may be a measurement
        ("<f8", -0.01, False),
    ],
)
def test_fill_values_that_nobody_declared(dtype, fill, found):
    stored = sound(dtype)
    stored[2, 1, 1] = fill
    damage = detect(scene_of(stored))
    assert causes(damage) == ([(f"undeclared fill value {fill}", (2,), 1)] if found else [])


@pytest.mark.parametrize("dtype", ["<f4", ">f8"])
def test_a_band_that_holds_a_hundredth_below_zero_and_nothing_else_is_filled(dtype):
    stored = sound(dtype)
    stored[2] = -0.01
    stored[2, 0, 0] = np.nan
    entries = stored[2].size - 1
    found = causes(detect(scene_of(stored)))
    assert ("undeclared fill value -0.01", (2,), entries) in found


@pytest.mark.parametrize("dtype", ["<u1", "<u2", ">u2", "<u4", "<i1"])
def test_a_fill_value_that_the_type_cannot_hold_is_not_looked_for(dtype):
    """-9999 as uint8 would be 241, as uint16 55537."""
    stored = sound(dtype)
    for number, fill in enumerate((-9999, -32768)):
        stored[0, 0, number] = np.asarray(fill).astype(stored.dtype) or 1
    assert detect(scene_of(stored)).findings == ()


def test_a_hundredth_below_zero_is_a_measurement_in_an_integer():
    stored = sound("<i2")
    stored[0, 0, 0] = -100  # -0.01 with a scale of 1e-4
    assert detect(scene_of(stored)).findings == ()


def test_a_declared_fill_value_is_reported_once():
    stored = sound("<i2")
    stored[2, 1, 1] = -9999
    assert causes(detect(scene_of(stored, nodata=-9999))) == [("no data", (2,), 1)]
    stored = sound("<f4")
    stored[2, 1, 1] = -0.01
    for nodata in (-0.01, float(np.float32(-0.01))):  # as written, and as the type has it
        assert causes(detect(scene_of(stored, nodata=nodata))) == [("no data", (2,), 1)]


def test_a_band_of_zeros_is_dead():
    stored = sound()
    stored[2] = 0
    assert causes(detect(scene_of(stored))) == [("zero in every pixel", (2,), ROWS * COLUMNS)]


def test_a_single_zero_is_a_measurement():
    stored = sound()
    stored[2, 1, 1] = 0
    assert detect(scene_of(stored)).findings == ()


def test_a_pixel_of_zeros_is_blank():
    stored = sound()
    stored[:, 1, 1] = 0
    damage = detect(scene_of(stored))
    assert causes(damage) == [("zero in every band", (0, 1, 2, 3), BANDS)]
    assert np.argwhere(damage.empty_pixels).tolist() == [[1, 1]]


def test_zeros_are_counted_where_nothing_else_is_wrong():
    stored = sound()
    stored[2] = 0
    stored[:, 0, 0] = 0
    stored[2, 2, 2] = np.nan
    damage = detect(scene_of(stored))
    assert causes(damage) == [
        ("no data", (2,), 1),
        ("zero in every band", (0, 1, 2, 3), BANDS),
        ("zero in every pixel", (2,), ROWS * COLUMNS - 2),
    ]
    assert damage.empty_bands == (2,)


def test_with_zero_declared_as_no_data_zeros_have_one_cause():
    stored = sound("<u2")
    stored[2] = 0
    stored[:, 1, 1] = 0
    damage = detect(scene_of(stored, nodata=0))
    assert causes(damage) == [("no data", (0, 1, 2, 3), ROWS * COLUMNS + BANDS - 1)]


def test_all_causes_together_are_each_counted_whole():
    stored = sound("<f4")
    stored[0, 0, 0], stored[0, 0, 1] = np.nan, -9999
    stored[3] = 0
    mask = np.zeros(SHAPE, bool)
    mask[0, 0, :3] = True
    good = np.array([True, False, True, True])
    damage = detect(scene_of(stored, good=good), bad_bands=(1, 2), mask=mask)
    plane = ROWS * COLUMNS
    assert causes(damage) == [
        ("no data", (0,), 1),
        ("marked bad by the file", (1,), plane),
        ("named bad by the user", (1, 2), 2 * plane),
        ("marked by the mask file", (0,), 3),
        ("undeclared fill value -9999", (0,), 1),
        ("zero in every pixel", (3,), plane),
    ]
    assert damage.missing.sum() == 3 * plane + 3


@given(
    values=st.lists(
        st.sampled_from([0.0, 1.0, -0.01, -9999.0, np.nan, np.inf]), min_size=12, max_size=12
    ),
    nodata=st.sampled_from([None, 0.0, 1.0, -9999.0]),
)
def test_what_is_missing_has_a_finding_and_the_rest_is_finite(values, nodata):
    stored = np.array(values, dtype="<f4").reshape(3, 2, 2)
    scene = scene_of(stored, nodata=nodata)
    damage = detect(scene)
    touched = {band for finding in damage.findings for band in finding.bands}
    assert touched == set(np.flatnonzero(damage.missing.any(axis=(1, 2))).tolist())
    assert np.isfinite(scene.values[~damage.missing]).all()
    assert all(0 < finding.entries <= damage.missing.sum() for finding in damage.findings)
