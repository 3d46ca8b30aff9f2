import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emulator_training.npz import read_arrays

SHAPES = {"a": (3, 2), "b": (4,)}


def content(**changed):
    file = io.BytesIO()
    np.savez(file, **{"a": np.arange(6.0).reshape(3, 2), "b": np.ones(4), **changed})
    return file.getvalue()


@given(place=st.integers(0, len(content()) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_seen_or_changes_nothing(place, bit):
    """It changes nothing in the times of the archive's members, say."""
    damaged = bytearray(content())
    damaged[place] ^= 1 << bit
    arrays = read_arrays(bytes(damaged), SHAPES)
    if arrays is not None:
        assert np.array_equal(arrays["a"], np.arange(6.0).reshape(3, 2))
        assert np.array_equal(arrays["b"], np.ones(4))


@given(length=st.integers(0, len(content()) - 1))
def test_a_file_cut_short_is_seen(length):
    assert read_arrays(content()[:length], SHAPES) is None


def test_what_is_not_as_expected_is_seen():
    assert read_arrays(content(), SHAPES) is not None
    assert read_arrays(content(b=np.ones(5)), SHAPES) is None
    assert read_arrays(content(b=np.array([1.0, 2.0, np.nan, 3.0])), SHAPES) is None
    assert read_arrays(content(b=np.array(list("abcd"))), SHAPES) is None
    assert read_arrays(content(), SHAPES | {"c": (1,)}) is None
