"""Stored numbers to values and back."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.scene.encoding import decode, encode, is_nodata
from anyband_models.scene.meta import SceneMeta

INTEGERS = [f"{order}{kind}{size}" for order in "<>" for kind in "iu" for size in (1, 2, 4, 8)]
FLOATS = ["<f4", ">f4", "<f8", ">f8"]


def meta_of(dtype, scale=1.0, offset=0.0, nodata=None, bands=1):
    return SceneMeta(
        dtype=np.dtype(dtype).str, scale=(scale,) * bands, offset=(offset,) * bands, nodata=nodata
    )


def encoded(values, dtype, **changes):
    values = np.asarray(values, dtype=np.float32).reshape(1, 1, -1)
    stored = np.zeros(values.shape, dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return encode(
            values, np.ones(values.shape, bool), stored, meta_of(dtype, **changes)
        ).ravel()


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_saturate_and_do_not_wrap(dtype):
    limits = np.iinfo(dtype)
    low, high = encoded([-3e38, 3e38], dtype).tolist()
    assert low == limits.min
    # The largest float64 that fits: 2**63 - 1 and 2**64 - 1 are none.
    assert 0 <= limits.max - high <= 2 ** max(0, 8 * np.dtype(dtype).itemsize - 53)


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_saturate_and_stay_finite(dtype):
    result = encoded([-3e38, 3e38], dtype, scale=1e-4)
    assert np.isfinite(result).all()
    assert result[0] < 0 < result[1]


@given(
    dtype=st.sampled_from(INTEGERS + FLOATS),
    numbers=st.lists(st.integers(-130, 300), min_size=1, max_size=8),
    nodata=st.integers(-130, 300),
)
def test_a_repaired_entry_is_never_the_no_data_value(dtype, numbers, nodata):
    result = encoded([*numbers, nodata], dtype, nodata=nodata)
    assert not is_nodata(result, nodata).any()
    limits = np.iinfo(dtype) if np.dtype(dtype).kind in "iu" else np.finfo(dtype)
    held = np.clip(np.array([*numbers, nodata], np.float64), limits.min, limits.max)
    assert (np.abs(result.astype(np.float64) - held) <= 1).all()


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("end", ["min", "max"])
def test_no_data_at_the_end_of_the_type_is_stepped_away_from_inwards(dtype, end):
    nodata = getattr(np.iinfo(dtype), end)
    result = encoded([-3e38, 3e38], dtype, nodata=nodata)
    assert nodata not in result.tolist()
    assert int(result[0]) < int(result[1])


@given(
    dtype=st.sampled_from(["<i2", ">u2", "<i4", "<u1"]),
    numbers=st.lists(st.integers(0, 255), min_size=1, max_size=20),
    scale=st.sampled_from([1.0, 1e-4, 0.01, 2.75e-5]),
    offset=st.sampled_from([0.0, -0.1, -0.2]),
)
def test_what_is_decoded_encodes_to_itself(dtype, numbers, scale, offset):
    stored = np.array(numbers, dtype=dtype).reshape(1, 1, -1)
    meta = meta_of(dtype, scale, offset)
    again = encode(decode(stored, meta), np.ones(stored.shape, bool), np.zeros_like(stored), meta)
    np.testing.assert_array_equal(again, stored)


def test_only_the_entries_asked_for_change():
    stored = np.arange(6, dtype=">i2").reshape(2, 1, 3)
    where = np.zeros(stored.shape, bool)
    where[1, 0, 2] = True
    result = encode(np.full(stored.shape, 9, np.float32), where, stored, meta_of(">i2", bands=2))
    assert result.ravel().tolist() == [0, 1, 2, 3, 4, 9]
    assert stored.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    assert result.dtype == stored.dtype


def test_decoded_values_are_the_nearest_float32():
    stored = np.array([-32768, 0, 1, 4087, 32767], "<i2").reshape(1, 1, -1)
    values = decode(stored, meta_of("<i2", 1e-4, -0.1)).ravel()
    np.testing.assert_array_equal(values, (stored.ravel() * 1e-4 - 0.1).astype(np.float32))


def test_what_float32_cannot_hold_is_no_data():
    stored = np.array([1e300, 1.0, np.inf, np.nan]).reshape(1, 1, -1)
    assert np.isnan(decode(stored, meta_of("<f8"))).ravel().tolist() == [True, False, True, True]


def test_no_data_is_the_value_as_the_type_has_it():
    stored = np.array([-9999.9, 1.0], dtype="<f4")
    assert is_nodata(stored, -9999.9).tolist() == [True, False]
    assert not is_nodata(np.array([0, 255], "u1"), -9999).any()
    assert not is_nodata(np.array([0, 255], "u1"), 0.5).any()
