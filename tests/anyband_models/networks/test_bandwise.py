import numpy as np
import pytest
import torch

from anyband_models.networks.bandwise import (
    CODE,
    SHOWN,
    BandwiseConfig,
    BandwiseNetwork,
    band_codes,
)


@pytest.fixture
def network():
    torch.manual_seed(1)
    made = BandwiseNetwork(BandwiseConfig(width=4, latents=3, trunk=6))
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made.eval()


def given(bands, batch=2):
    torch.manual_seed(7)
    x, channels = torch.randn(batch, bands, 5, 6), torch.randn(batch, SHOWN, bands, 5, 6)
    codes = band_codes(
        torch.linspace(400, 2500, bands).double(), torch.full((bands,), 10.0).double()
    )
    return x, torch.tensor([30.0, 800.0])[:batch], channels, codes


def test_before_training_it_says_nothing():
    x, time, channels, codes = given(5)
    network = BandwiseNetwork(BandwiseConfig())
    assert not network(x, time, channels.flatten(1, 2), codes).any()


def test_bands_in_another_order_are_answered_in_that_order(network):
    x, time, channels, codes = given(6)
    order = torch.tensor([3, 1, 5, 0, 4, 2])
    plain = network(x, time, channels.flatten(1, 2), codes)
    turned = network(x[:, order], time, channels[:, :, order].flatten(1, 2), codes[order])
    torch.testing.assert_close(turned, plain[:, order], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("bands", [1, 2, 40])
def test_any_number_of_bands_goes_through(network, bands):
    x, time, channels, codes = given(bands)
    said = network(x, time, channels.flatten(1, 2), codes)
    assert said.shape == x.shape
    assert torch.isfinite(said).all()
    # Images of a batch have nothing to tell one another.
    alone = network(x[1:], time[1:], channels[1:].flatten(1, 2), codes)
    torch.testing.assert_close(alone, said[1:], rtol=1e-3, atol=1e-4)


def test_a_band_hears_of_the_others_and_of_where_it_lies(network):
    x, time, channels, codes = given(3, batch=1)
    plain = network(x, time, channels.flatten(1, 2), codes)
    louder = x.clone()
    louder[:, 0] += 1
    assert (network(louder, time, channels.flatten(1, 2), codes) != plain)[:, 2].any()
    moved = codes.clone()
    moved[2] = band_codes(torch.tensor([700.0]).double(), torch.tensor([10.0]).double())[0]
    assert (network(x, time, channels.flatten(1, 2), moved) != plain)[:, 2].any()


def test_codes_are_numbers_whatever_the_width_and_tell_bands_apart():
    nm = torch.tensor([400.0, 400.5, 1500.0, 2500.0, 12_000.0]).double()
    fwhm = torch.tensor([np.nan, 10.0, 0.0, np.inf, 1e6]).double()
    codes = band_codes(nm, fwhm)
    assert codes.shape == (5, CODE)
    assert torch.isfinite(codes).all()
    assert not torch.equal(codes[0], codes[1])
    unknown = band_codes(nm[:1], fwhm[:1])
    torch.testing.assert_close(unknown, band_codes(nm[:1], fwhm[1:2]))  # counts as 10 nm
