"""The operator against the matrix in double precision, and the laws of any operator."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import physops
import srf_library
from physops import Bands
from physops.errors import BandCountError, DimensionError, MissingOperandError, NotFloatingError
from srf_library import CoverageError, UnknownNameError

NM = np.linspace(430, 860, 103)
FULL = np.arange(400.0, 2500.0, 8.0)


def image(*shape, dtype=torch.float64):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


def visible():
    return physops.get("srf", sensor="S2A", wavelengths=NM)


@given(
    st.lists(st.integers(1, 3), max_size=2),
    st.lists(st.integers(1, 4), max_size=3),
    st.booleans(),
)
def test_any_shape_gives_what_the_matrix_gives(batch, space, from_the_front):
    operator, dim = visible(), len(batch)
    x = image(*batch, len(NM), *space)
    y = operator(x, band_dim=dim if from_the_front else dim - x.ndim)
    assert y.shape == (*batch, 13, *space)
    expected = np.moveaxis(operator.matrix(np.moveaxis(x.numpy(), dim, -1)), -1, dim)
    np.testing.assert_allclose(y.numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("method", ["integral-cubic", "integral-linear", "bin", "point"])
def test_all_methods_and_the_widths_are_passed_on(method):
    widths = np.full(len(FULL), 9.0)
    operator = physops.get(
        "srf", sensor="landsat8_oli", wavelengths=FULL, fwhm=widths, method=method
    )
    matrix = srf_library.response_matrix("landsat8_oli", FULL, widths, method)
    x = image(len(FULL))
    np.testing.assert_allclose(operator(x, band_dim=-1), matrix(x.numpy()), atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_type_of_the_image_is_kept(dtype):
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    y = operator(torch.full((len(FULL), 2, 3), 0.25, dtype=dtype))
    assert y.dtype == dtype
    tolerance = {torch.float16: 1e-2, torch.bfloat16: 3e-2}.get(dtype, 1e-6)
    expected = torch.full((13, 2, 3), 0.25).double()
    torch.testing.assert_close(y.double(), expected, rtol=0, atol=tolerance)


def test_bands_that_are_not_covered_are_nan_and_give_no_gradient():
    operator = visible()
    x = image(103, 4, 5).requires_grad_()
    y = operator(x)
    assert torch.isnan(y[~torch.from_numpy(operator.matrix.usable)]).all()
    torch.nansum(y).backward()
    expected = torch.from_numpy(operator.matrix.weights.sum(axis=0))
    torch.testing.assert_close(x.grad, expected[:, None, None].expand(103, 4, 5))


def test_the_adjoint_is_the_transpose():
    operator = visible()
    x, y = image(2, 103, 3, 4), image(2, 13, 3, 4)
    usable = torch.from_numpy(operator.matrix.usable)
    there = (operator(x)[:, usable] * y[:, usable]).sum()
    torch.testing.assert_close(there, (x * operator.adjoint(y)).sum())
    assert torch.isfinite(operator.adjoint(operator(x))).all()


@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 4)])
def test_other_spectra_come_out_bit_for_bit_as_without_the_missing_one(shape):
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    x = image(*shape, len(FULL), 5, dtype=torch.float32)
    whole = operator(x, band_dim=-2)
    x[..., 7, 2] = torch.nan
    y = operator(x, band_dim=-2)
    kept = [0, 1, 3, 4]
    assert torch.equal(y[..., kept], whole[..., kept])
    assert torch.isnan(y[..., 2]).any()


def test_large_images_in_half_precision_have_no_missing_entries():
    """Their sum is infinite in that type."""
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    x = torch.full((len(FULL), 400, 400), 0.9, dtype=torch.float16)
    assert torch.isinf(x[0].sum())
    torch.testing.assert_close(
        operator(x), torch.full((13, 400, 400), 0.9).half(), atol=5e-3, rtol=0
    )


def test_a_module_in_another_precision_gives_what_it_gave():
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    x = image(len(FULL), 2, 2)
    expected = operator(x)
    torch.testing.assert_close(operator.half().double()(x), expected, rtol=0, atol=0)


def test_a_missing_entry_spoils_the_bands_that_need_it_and_no_other_pixel():
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    clean = image(len(FULL), 3, 3)
    x = clean.clone()
    x[int(np.argmin(abs(FULL - 665))), 1, 1] = torch.nan
    y, whole = operator(x), operator(clean)
    names = operator.matrix.sensor.names
    spoiled = torch.isnan(y)
    assert spoiled[names.index("B4"), 1, 1]
    assert not spoiled[names.index("B8"), 1, 1]
    assert spoiled.sum() == spoiled[:, 1, 1].sum()
    torch.testing.assert_close(y[~spoiled], whole[~spoiled], rtol=0, atol=2e-3)


@given(st.integers(0, 999), st.floats(0, 0.3))
def test_missing_entries_count_as_they_do_in_the_matrix(seed, share):
    rng = np.random.default_rng(seed)
    spectra = rng.random((40, len(FULL)))
    spectra[rng.random(spectra.shape) < share / 10] = np.nan
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    expected = operator.matrix(spectra)
    np.testing.assert_allclose(operator(torch.from_numpy(spectra), band_dim=-1), expected, 1e-10)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_a_missing_entry_gives_no_gradient(value):
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    x = image(len(FULL), 2, 2)
    x[30, 0, 0] = value
    x.requires_grad_()
    torch.nansum(operator(x)).backward()
    assert torch.isfinite(x.grad).all()
    assert x.grad[30, 0, 0] == 0
    assert (x.grad[30, 1, 1] != 0) or not operator.matrix.weights[:, 30].any()


def test_a_flat_pixel_with_missing_entries_stays_flat():
    operator = physops.get("srf", sensor="S2A", wavelengths=FULL)
    x = torch.full((len(FULL), 1, 2), 0.3, dtype=torch.float64)
    x[60:200, 0, 0] = torch.nan
    y = operator(x)
    assert torch.isfinite(y[:, 0, 0]).any()
    there = y[torch.isfinite(y)]
    torch.testing.assert_close(there, torch.full_like(there, 0.3))


def test_bands_that_are_not_good_are_not_used():
    bands = Bands.at(FULL)
    bands.good[100] = False
    operator = physops.get("srf", sensor="S2A", bands=bands)
    x = image(len(FULL), 1, 1)
    spoiled = x.clone()
    spoiled[100] = torch.nan
    torch.testing.assert_close(operator(spoiled), operator(x))
    assert not operator.weights[:, 100].any()


def test_what_comes_out_can_be_passed_on():
    operator = visible()
    assert operator.target.wavelength.tolist() == [b.centroid for b in srf_library.get("S2A")]
    assert operator.target.good.tolist() == operator.matrix.usable.tolist()
    with pytest.raises(MissingOperandError, match=r"NBR needs S2"):  # it is not covered
        physops.get("NBR", bands=operator.target)
    ndvi = physops.get("ndvi", bands=physops.get("srf", sensor="S2A", wavelengths=FULL).target)
    assert torch.isfinite(ndvi(image(13, 2, 2))).all()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"sensor": "S2A"}, TypeError, r"needs sensor=.* and either bands= or wavelengths="),
        ({"wavelengths": NM}, TypeError, r"needs sensor=, the bands to come out"),
        ({"sensor": "S2A", "wavelengths": NM, "bands": Bands.at(NM)}, TypeError, "either bands="),
        ({"sensor": "S2A", "bands": Bands.at(NM), "fwhm": 5.0}, TypeError, "have their own widths"),
        ({"sensor": "S2X", "wavelengths": NM}, UnknownNameError, "a sensor called 'S2X'"),
        ({"sensor": "S2A", "wavelengths": NM + 5000}, CoverageError, "none of the 13 bands"),
        (
            {"sensor": "S2A", "wavelengths": NM, "on_partial": "raise"},
            CoverageError,
            "6 of the 13 bands",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        physops.get("srf", **arguments)


def test_an_image_of_other_bands_is_refused():
    with pytest.raises(BandCountError, match="built for 103 bands and got 102"):
        visible()(image(102, 2, 2))


def test_a_spectrum_needs_its_dimension_named():
    with pytest.raises(
        DimensionError, match=r"shape \(103,\) has no dimension -3.* -1 for spectra"
    ):
        visible()(image(103))


def test_an_operator_says_what_it_is():
    assert repr(visible()) == "SrfResampling(103 bands to sentinel2a_msi, integral-cubic)"


def test_whole_numbers_are_refused():
    with pytest.raises(NotFloatingError, match=r"got torch.int16; turn digital numbers into"):
        visible()(torch.ones(103, 2, 2, dtype=torch.int16))
