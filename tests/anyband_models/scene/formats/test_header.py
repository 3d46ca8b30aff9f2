import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.errors import InputError
from anyband_models.scene.formats import read_header, read_scene
from anyband_models.scene.formats.header import check_dtype, fitting_nodata


@pytest.mark.parametrize("name", ["bool", "complex64", "complex128", "float16", "U3", "O"])
def test_other_types_than_plain_numbers_are_refused(name):
    with pytest.raises(InputError, match="integers, float32 and float64 are read"):
        check_dtype(np.dtype(name), "scene.npz")


@given(st.integers(-(2**70), 2**70), st.sampled_from(["i1", "u1", "i2", "u2", "i4", "u8"]))
def test_a_whole_number_fits_if_the_type_can_hold_it(value, name):
    limits = np.iinfo(name)
    expected = value if limits.min <= value <= limits.max else None
    assert fitting_nodata(value, np.dtype(name)) == expected


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf])
def test_no_integer_is_a_fraction_or_infinite(value):
    assert fitting_nodata(value, np.dtype("i2")) is None


def test_a_fraction_is_rounded_as_the_type_rounds():
    assert fitting_nodata(-9999.9, np.dtype("f4")) == float(np.float32(-9999.9))
    assert fitting_nodata(1e300, np.dtype("f4")) is None
    assert np.isnan(fitting_nodata(np.nan, np.dtype("f4")))


@pytest.mark.parametrize("name", ["scene.tif", "scene.hdr", "scene.bip"])
def test_the_header_says_what_the_scene_is(make, save, name):
    path = save(make(shape=(3, 4, 5), dtype="<u2"), name)
    header, scene = read_header(path), read_scene(path)
    assert header.shape == (3, 4, 5) == scene.stored.shape
    assert header.dtype == np.dtype("<u2") == scene.stored.dtype
    assert header.meta == scene.meta
