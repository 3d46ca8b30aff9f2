import json
import zlib
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from anyband_models.models.contract import Caution, Origin
from anyband_models.report import payload as payload_module
from anyband_models.report.maps import make_maps
from anyband_models.report.payload import Steps, make_payload, make_state, pack, thin

FINITE_OR_NOT = st.floats(-1e6, 1e6, width=32) | st.just(np.nan)
ARRAYS = nps.arrays(np.float32, nps.array_shapes(max_dims=2), elements=FINITE_OR_NOT)


def unpack(packed, dtype=np.uint16):
    planes = np.frombuffer(zlib.decompress(b64decode(packed)), dtype=np.uint8)
    planes = planes.reshape(np.dtype(dtype).itemsize, -1).astype(np.uint32)
    return sum(plane << (8 * place) for place, plane in enumerate(planes[::-1])).astype(dtype)


@given(ARRAYS)
def test_value_is_off_by_at_most_half_a_step(values):
    steps = Steps.over(values)
    decoded = steps.decode(steps.encode(values))
    np.testing.assert_array_equal(np.isnan(decoded), np.isnan(values))
    finite = np.isfinite(values)
    apart = np.abs(decoded[finite] - values[finite])
    assert (apart <= steps.scale / 2 * (1 + 1e-6)).all()


def test_infinite_values_are_no_numbers():
    values = np.array([1.0, np.inf, -np.inf, 2.0], dtype=np.float32)
    assert Steps.over(values).encode(values).tolist() == [1, 0, 0, 65535]


@given(nps.arrays(np.uint16, st.integers(0, 50)))
def test_packing_loses_nothing(codes):
    np.testing.assert_array_equal(unpack(pack(codes)), codes)


def test_state_holds_origin_and_every_caution():
    provenance = np.array([0, 1, 2, 3, 255], dtype=np.uint8)
    caution = np.array([0, 1, 2, 4, 7], dtype=np.uint8)
    state = make_state(provenance, caution)
    assert (state & 7).tolist() == [0, 1, 2, 3, 4]
    assert (state >> 3).tolist() == caution.tolist()
    assert sum(Caution) == 7
    assert len(Origin) == 5


@pytest.mark.parametrize("stride", [1, 3])
def test_cube_can_be_read_back_from_the_page(make_content, stride):
    content = make_content((5, 10, 14))
    data = thin(content, make_maps(content), stride).data
    shape = (data["rows"], data["columns"], 5)
    mean = Steps(data["mean"]["offset"], data["mean"]["scale"])
    codes = unpack(data["mean"]["packed"])
    truth = codes + unpack(data["truth"]["packed"])
    half = mean.scale / 2 * 1.001
    for packed, cube in ((codes, content.reconstruction.mean), (truth, content.truth)):
        thinned = np.moveaxis(cube[:, ::stride, ::stride], 0, -1)
        np.testing.assert_allclose(mean.decode(packed).reshape(shape), thinned, rtol=0, atol=half)
    std = Steps(data["std"]["offset"], data["std"]["scale"])
    np.testing.assert_allclose(
        std.decode(unpack(data["std"]["packed"])).reshape(shape),
        np.moveaxis(content.reconstruction.std[:, ::stride, ::stride], 0, -1),
        rtol=0,
        atol=std.scale / 2 * 1.001,
    )


@pytest.mark.parametrize("budget", [0, 300, 1000, 3000, 10_000])
def test_budget_holds_until_one_pixel_is_left(make_content, budget):
    content = make_content((13, 40, 24))
    payload = make_payload(content, make_maps(content), budget)
    assert payload.size <= budget or (payload.data["rows"], payload.data["columns"]) == (1, 1)


def test_stride_is_one_where_there_is_room(make_content):
    content = make_content((5, 10, 14))
    payload = make_payload(content, make_maps(content), 10**6)
    assert (payload.stride, payload.data["rows"], payload.data["columns"]) == (1, 10, 14)


def test_more_entries_than_a_browser_likes_are_thinned_even_if_they_pack_well(
    make_content, monkeypatch
):
    monkeypatch.setattr(payload_module, "MOST_ENTRIES", 100)
    content = make_content((5, 10, 14))
    assert make_payload(content, make_maps(content), 10**9).stride == 3  # sqrt(700 / 100) = 2.6


def test_no_value_breaks_the_json(make_content):
    content = make_content((5, 4, 4))
    nothing = np.full((5, 4, 4), np.nan, dtype=np.float32)
    nothing[0, 0, 0] = np.inf
    result = replace(content.reconstruction, mean=nothing, std=nothing)
    empty = replace(content, reconstruction=result, truth=None)
    data = thin(empty, make_maps(empty), 1).data
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_axis_keeps_the_order_of_the_file(make_content):
    content = make_content((3, 4, 4), wavelength=[900.0, 450.0, 900.0], names=("c", "a", "b"))
    data = thin(content, make_maps(content), 1).data
    assert data["wavelength"] == [900.0, 450.0, 900.0]
    assert data["names"] == ["c", "a", "b"]
