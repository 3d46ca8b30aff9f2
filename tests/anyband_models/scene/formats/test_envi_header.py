import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.errors import InputError
from anyband_models.scene.formats import envi_header

GEOMETRY = {"bands": "2", "lines": "3", "samples": "4", "data type": "2", "interleave": "bsq"}


@pytest.mark.parametrize(("code", "name"), envi_header.DTYPES.items())
@pytest.mark.parametrize("order", [0, 1])
def test_a_type_and_an_order_give_the_size_of_the_file(code, name, order):
    fields = GEOMETRY | {"data type": str(code), "byte order": str(order), "header offset": "7"}
    where = envi_header.geometry(fields, "a.hdr")
    assert where.dtype == np.dtype("<>"[order] + name)
    assert where.bytes == 24 * int(name[1]) + 7


@pytest.mark.parametrize("name", GEOMETRY)
def test_a_missing_field_is_named(name):
    fields = {key: text for key, text in (GEOMETRY | {"byte order": "0"}).items() if key != name}
    with pytest.raises(InputError, match=f"{name}.* missing"):
        envi_header.geometry(fields, "a.hdr")


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_whole_no_data_value_is_exact(value):
    fields = {"data ignore value": str(value)}
    assert envi_header.nodata(fields, np.dtype("i8"), "a.hdr") == value


@given(st.floats(1e-6, 1e6))
def test_a_factor_divides(factor):
    fields = {"reflectance scale factor": repr(factor)}
    assert envi_header.scaling(fields, 2, "a.hdr") == ((1 / factor,) * 2, (0.0, 0.0), True)


def test_nothing_said_is_a_scale_of_one_that_nobody_stated():
    assert envi_header.scaling({}, 2, "a.hdr") == ((1.0, 1.0), (0.0, 0.0), False)
