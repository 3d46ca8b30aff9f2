import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physops.bands import Bands
from physops.correlation import band_correlation, correlation, correlation_loss
from physops.errors import BandCountError, DimensionError, NoPixelsError, NotFloatingError

seeds = st.integers(0, 10_000)


def image(seed, *shape):
    """Return bands of very different level and spread, some of which go together."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(shape[-3], 2))
    hidden = rng.normal(size=(*shape[:-3], 2, *shape[-2:]))
    cube = np.einsum("bh,...hyx->...byx", mixing, hidden) + 0.3 * rng.normal(size=shape)
    return torch.from_numpy(cube * 0.1 + rng.uniform(0, 5, (shape[-3], 1, 1)))


@given(seeds, st.floats(0, 0.6))
def test_it_is_pandas_pairwise_correlation(seed, missing):
    x = image(seed, 4, 5, 6)
    holes = torch.rand(x.shape, generator=torch.Generator().manual_seed(seed)) < missing
    x[holes] = torch.nan
    expected = pd.DataFrame(x.flatten(1).T.numpy()).corr(min_periods=2).to_numpy()
    result = band_correlation(x, floor=1e-9).numpy()
    np.testing.assert_allclose(result, expected, atol=1e-6)


@given(seeds)
def test_its_laws(seed):
    x = image(seed, 2, 5, 4, 7)
    result = band_correlation(x)
    assert result.shape == (2, 5, 5)
    torch.testing.assert_close(result, result.mT)
    assert result.abs().max() <= 1 + 1e-9
    torch.testing.assert_close(result[1], band_correlation(x[1]))
    torch.testing.assert_close(band_correlation(x.flip(-1)), result)
    torch.testing.assert_close(band_correlation(x[:, [3, 0]]), result[:, [3, 0]][:, :, [3, 0]])
    torch.testing.assert_close(
        band_correlation(3 * x + 1, floor=3e-3), result
    )  # neither gain nor offset matter
    torch.testing.assert_close(band_correlation(-x), result)


def test_a_large_offset_costs_no_digits_that_matter():
    x = image(0, 3, 40, 40)
    exact = band_correlation(x)
    offset = band_correlation((x + 1e3).float())
    torch.testing.assert_close(offset.double(), exact, atol=2e-3, rtol=0)


def test_a_mask_is_as_if_the_values_were_not_there():
    x = image(1, 2, 3, 6, 6)
    mask = torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) < 0.7
    torch.testing.assert_close(
        band_correlation(x, mask), band_correlation(torch.where(mask, x, torch.nan))
    )
    pixels = mask[:, :1]
    torch.testing.assert_close(
        band_correlation(x, pixels), band_correlation(x, pixels.expand(x.shape))
    )


def test_bands_that_do_not_vary_have_a_finite_gradient():
    x = image(2, 3, 4, 4)
    x[1] = 0.3
    x[2] = 0.0
    x.requires_grad_()
    result = band_correlation(x)
    assert result[1].abs().max() < 1e-9
    correlation_loss(x, torch.ones(3, 3)).backward()
    assert torch.isfinite(x.grad).all()
    assert x.grad.abs().max() < 1e3


def test_what_is_missing_gets_no_gradient_and_bands_that_share_nothing_have_none():
    x = image(3, 3, 4, 4)
    x[0, :2], x[1, 2:] = torch.nan, torch.inf
    x[2, 0, 0] = torch.nan
    x.requires_grad_()
    result = band_correlation(x)
    assert torch.isnan(result[0, 1])
    assert torch.isfinite(result[0, 2])
    correlation_loss(x, torch.full((3, 3), 0.5)).backward()
    assert torch.isfinite(x.grad).all()
    assert not x.grad[~torch.isfinite(x)].any()
    assert x.grad[torch.isfinite(x)].any()


def test_gradients_are_those_of_finite_differences():
    x = image(4, 3, 3, 3).requires_grad_()
    prior = torch.eye(3, dtype=torch.float64)
    mask = torch.ones(3, 3, 3, dtype=torch.bool)
    mask[1, 0, 1] = False
    assert torch.autograd.gradcheck(band_correlation, (x,))
    assert torch.autograd.gradcheck(lambda v: correlation_loss(v, prior, mask), (x,))


def test_the_loss_is_the_squared_frobenius_distance():
    x = image(5, 2, 4, 5, 5)
    prior = band_correlation(image(6, 4, 5, 5))
    prior[0, 1] = prior[1, 0] = torch.nan
    apart = torch.nan_to_num(band_correlation(x) - prior)
    loss = correlation_loss(x, prior)
    torch.testing.assert_close(loss, torch.linalg.matrix_norm(apart) ** 2)
    assert correlation_loss(x[0], band_correlation(x[0])) == 0


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_the_dtype_is_kept(dtype):
    x = image(7, 3, 8, 8)
    result = band_correlation(x.to(dtype))
    assert result.dtype == dtype
    torch.testing.assert_close(
        result.double(), band_correlation(x.to(dtype).double()), atol=0.01, rtol=0
    )


def test_spectra_are_an_image_too():
    """A library, with a row a spectrum, is bands by pixels when it is turned."""
    spectra = image(8, 6, 5, 4).flatten(1)
    torch.testing.assert_close(
        band_correlation(spectra, band_dim=0), band_correlation(spectra.reshape(6, 5, 4))
    )


@pytest.mark.parametrize("band_dim", [3, -4])
def test_a_dimension_that_is_not_there_is_refused(band_dim):
    with pytest.raises(DimensionError, match=f"has no dimension {band_dim} to hold the bands"):
        band_correlation(image(0, 3, 4, 4), band_dim=band_dim)


@pytest.mark.parametrize("band_dim", [-1, 2])
def test_bands_without_pixels_are_refused(band_dim):
    told = rf"no dimension of pixels after its bands in dimension {band_dim}; .*\({band_dim}, 0\)"
    with pytest.raises(NoPixelsError, match=told):
        band_correlation(image(0, 3, 4, 4), band_dim=band_dim)


def test_what_does_not_fit_is_refused():
    with pytest.raises(
        BandCountError, match=r"the prior has the shape \(4, 4\) and the image has 3 bands"
    ):
        correlation_loss(image(0, 3, 4, 4), torch.eye(4))
    with pytest.raises(NotFloatingError, match=r"got torch\.int64"):
        band_correlation.__wrapped__(torch.ones(3, 4, 4, dtype=torch.int64))


def test_a_mean_over_pairs_does_not_grow_with_bands_and_passes_over_unknown_ones():
    x = image(4, 2, 4, 5, 5)
    prior = torch.zeros(4, 4)
    torch.testing.assert_close(
        correlation_loss(x, prior, per_pair=True), correlation_loss(x, prior) / 16
    )
    prior[0] = prior[:, 0] = torch.nan
    torch.testing.assert_close(
        correlation_loss(x, prior, per_pair=True), correlation_loss(x, prior) / 9
    )


def test_each_image_can_have_a_prior_of_its_own():
    x = image(5, 2, 4, 5, 5)
    assert (correlation_loss(x, band_correlation(x)) == 0).all()
    priors = torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(0))
    both = correlation_loss(x, priors)
    for i in range(2):
        torch.testing.assert_close(both[i], correlation_loss(x[i], priors[i]))


def test_as_an_operator_it_is_the_same_and_bad_bands_have_nan():
    x = image(6, 2, 4, 5, 5)
    torch.testing.assert_close(correlation()(x), band_correlation(x))
    bands = Bands.at([500, 600, 700, 800])
    torch.testing.assert_close(
        correlation(bands=bands, floor=0.01)(x), band_correlation(x, floor=0.01)
    )
    last = x.movedim(1, 0)
    torch.testing.assert_close(
        correlation(bands=bands)(last, band_dim=0), band_correlation(last, band_dim=0)
    )
    bands.good[2] = False
    found, kept = correlation(bands=bands)(x), [0, 1, 3]
    assert torch.isnan(found[:, 2]).all()
    torch.testing.assert_close(found[:, kept][:, :, kept], band_correlation(x[:, kept]))
    assert correlation().spec.kind == "statistic"


def test_as_an_operator_it_refuses_other_bands():
    with pytest.raises(BandCountError, match="built for 13 bands and got 4"):
        correlation(sensor="S2A")(image(0, 4, 5, 5))
    with pytest.raises(TypeError, match="'band_correlation' needs the image's bands"):
        correlation(sensor="S2A", bands=Bands.of("S2A"))
