import numpy as np
import pytest
import torch

from physops.correlation import band_correlation
from physops.errors import DimensionError
from physops.priors import correlation_prior


def images():
    return torch.rand(3, 4, 5, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_it_is_that_of_all_pixels_together():
    x = images()
    expected = np.corrcoef(x.movedim(1, 0).flatten(1).numpy())
    np.testing.assert_allclose(correlation_prior(x, floor=1e-9).numpy(), expected, rtol=1e-9)
    spectra = x.movedim(1, -1).flatten(0, -2)
    torch.testing.assert_close(correlation_prior(spectra, band_dim=-1), correlation_prior(x))
    torch.testing.assert_close(correlation_prior(x[0]), band_correlation(x[0]))


def test_masks_and_gradients_end_here():
    x, mask = images().requires_grad_(), torch.rand(5, 6) < 0.7
    found = correlation_prior(x, mask)
    assert not found.requires_grad
    torch.testing.assert_close(found, correlation_prior(torch.where(mask, x, torch.nan)))


def test_data_without_bands_or_pixels_are_refused():
    with pytest.raises(DimensionError):
        correlation_prior(torch.rand(5), band_dim=-1)
    with pytest.raises(DimensionError):
        correlation_prior(torch.rand(5, 4), band_dim=-3)
