import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import physops
from physops.errors import BandCountError, DimensionError, MissingBandError, VariantError

GREEN_RED_NIR = [560.0, 665.0, 835.0]
reflectance = st.floats(0.001, 1.0)


def papers(name: str, wavelengths: list[float]) -> physops.Operator:
    return physops.get(name, wavelengths=wavelengths, variant="anyband")


def image(*values: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(values, dtype=dtype).reshape(1, -1, 1, 1)


@given(reflectance, reflectance, reflectance)
def test_is_the_papers_equation_10(green, red, nir):
    x, e = image(green, red, nir), 1e-6
    ndvi = papers("ndvi", GREEN_RED_NIR)(x).item()
    ndwi = papers("ndwi", GREEN_RED_NIR)(x).item()
    assert ndvi == pytest.approx((nir - red + e) / (nir + red + e), rel=1e-12)
    assert ndwi == pytest.approx((green - nir + e) / (green + nir + e), rel=1e-12)


@given(reflectance, reflectance, reflectance)
def test_gradient_is_that_of_finite_differences(green, red, nir):
    x = image(green, red, nir).requires_grad_()
    assert torch.autograd.gradcheck(papers("ndvi", GREEN_RED_NIR), (x,))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_bad_pixel_gives_nan_and_no_gradient_and_leaves_its_neighbour_alone(bad):
    x = torch.tensor([[0.1, 0.1], [0.05, 0.05], [0.4, bad]]).reshape(1, 3, 1, 2).requires_grad_()
    index = papers("ndvi", GREEN_RED_NIR)(x)
    torch.nansum(index).backward()
    assert torch.isnan(index[0, 0, 1])
    assert torch.equal(x.grad[..., 1], torch.zeros(1, 3, 1))
    alone = papers("ndvi", GREEN_RED_NIR)(x.detach()[..., :1])
    assert torch.equal(index[..., :1], alone)


def test_a_sum_of_zero_gives_nan_and_a_finite_gradient():
    x = image(0.1, -1e-6, 0.0).requires_grad_()
    index = papers("ndvi", GREEN_RED_NIR)(x)
    torch.nansum(index).backward()
    assert torch.isnan(index).all()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_dtype_is_kept(dtype):
    x = image(0.1, 0.05, 0.4, dtype=dtype)
    assert papers("ndvi", GREEN_RED_NIR)(x).dtype == dtype


def test_a_batch_is_its_images_one_by_one():
    x = torch.rand(4, 3, 5, 6, generator=torch.Generator().manual_seed(0))
    operator = papers("ndwi", GREEN_RED_NIR)
    assert torch.equal(operator(x), torch.stack([operator(one) for one in x]))


def test_the_band_axis_may_lie_anywhere():
    x = torch.rand(5, 6, 3, generator=torch.Generator().manual_seed(0))
    operator = papers("ndvi", GREEN_RED_NIR)
    assert torch.equal(operator(x, band_dim=-1), operator(x.permute(2, 0, 1)))


def test_an_image_without_the_band_is_refused():
    with pytest.raises(MissingBandError, match=r"red \(665 nm\).*nearest lies at 560 nm"):
        papers("ndvi", [560.0, 835.0])


def test_an_image_of_another_band_count_is_refused():
    with pytest.raises(BandCountError, match="built for 3 bands and got 4"):
        papers("ndvi", GREEN_RED_NIR)(torch.rand(1, 4, 2, 2))


def test_a_dimension_that_is_not_there_is_refused():
    with pytest.raises(DimensionError, match=r"shape \(3,\) has no dimension -3"):
        papers("ndvi", GREEN_RED_NIR)(torch.rand(3))


def test_bands_need_not_be_sorted():
    x = np.array([0.4, 0.05, 0.1])
    shuffled = papers("ndvi", [835.0, 665.0, 560.0])(torch.tensor(x).reshape(3, 1, 1))
    sorted_ = papers("ndvi", GREEN_RED_NIR)(torch.tensor(x[::-1].copy()).reshape(3, 1, 1))
    assert torch.equal(shuffled, sorted_)


def test_other_indices_and_other_forms_are_refused():
    with pytest.raises(VariantError, match="NDSI has no variant 'anyband'; it has none"):
        physops.get("ndsi", sensor="S2A", variant="anyband")
    with pytest.raises(VariantError, match="has no variant 'x'; choose 'anyband', or leave it out"):
        physops.get("ndvi", sensor="S2A", variant="x")
