import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import physops
from physops.errors import (
    BandCountError,
    DimensionError,
    MissingBandError,
    UnknownParameterError,
    VariantError,
)

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


def test_a_sum_of_zero_gives_nan_and_a_finite_gradient():
    x = image(0.1, -1e-6, 0.0).requires_grad_()
    index = papers("ndvi", GREEN_RED_NIR)(x)
    torch.nansum(index).backward()
    assert torch.isnan(index).all()
    assert torch.isfinite(x.grad).all()


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


def test_it_says_what_it_is():
    assert repr(papers("ndvi", GREEN_RED_NIR)) == (
        "NormalizedDifference(ndvi = (nir - red + e) / (nir + red + e); nir: 835 nm, red: 665 nm)"
    )


def test_other_indices_and_other_forms_are_refused():
    with pytest.raises(
        VariantError, match="NDSI has no variant 'anyband'; it has none: leave variant= out"
    ):
        physops.get("ndsi", sensor="S2A", variant="anyband")
    with pytest.raises(UnknownParameterError) as refusal:
        physops.get("ndvi", sensor="S2A", variant="anyband", fill=0.0)
    assert str(refusal.value) == (
        "NDVI as variant='anyband' has no parameter fill; leave out that, or the variant"
    )
    with pytest.raises(VariantError, match="has no variant 'x'; choose 'anyband', or leave it out"):
        physops.get("ndvi", sensor="S2A", variant="x")
