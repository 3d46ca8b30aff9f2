import numpy as np
import pytest
import torch

from emulator_training.band_response import GRID, band_response
from emulator_training.design import LIKELY, kind_of, samples
from emulator_training.networks import AutoEncoder
from emulator_training.score_posterior import ScorePosterior
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.shipped.prosail_manifold import ProsailManifold
from emulator_training.validation.manifold import strangers
from emulator_training.weights import read
from physops import Bands

SENTINEL = Bands.of("S2A")
ROSIS = Bands.at(np.linspace(430, 860, 103), 4.2)


def vegetation(bands, count=500):
    """Return canopies with leaves, as an emulator has them."""
    likely = np.isin(kind_of(np.arange(4 * count)), LIKELY)
    rows = torch.from_numpy(samples(4 * count, seed=79)[likely]).float()
    leafy = rows[rows[:, 7] > 1.5][:count]
    return ProsailEmulator(bands)(leafy, band_dim=-1)


@pytest.mark.parametrize("bands", [SENTINEL, ROSIS, Bands.at(GRID)])
def test_vegetation_lies_on_it_and_other_spectra_do_not(bands):
    manifold = ProsailManifold(bands)
    on = manifold.residual(vegetation(bands), band_dim=-1)
    weights = torch.from_numpy(band_response(bands).weights).float()
    off = manifold.residual(strangers()[1:] @ weights.T, band_dim=-1)
    assert on.square().mean().sqrt() < 0.004
    assert off.min() > 3 * on.median()


def test_the_gate_is_open_for_vegetation_and_shut_for_soil():
    manifold = ProsailManifold(ROSIS)
    ramp = (0.1 + 0.2 * (torch.from_numpy(ROSIS.wavelength) - 430) / 430).float()
    assert manifold.gate(vegetation(ROSIS), band_dim=-1).median() > 0.9
    assert manifold.gate(ramp, band_dim=-1) < 0.15
    assert manifold.gate(torch.full((103,), 0.3), band_dim=-1) < 0.1


def test_its_value_is_the_gated_square_of_the_residual():
    manifold, x = ProsailManifold(SENTINEL), torch.rand(2, 13, 4, 5)
    expected = manifold.gate(x) * manifold.residual(x) ** 2
    torch.testing.assert_close(manifold(x), expected)
    squared = (x - manifold.reconstruct(x)).square().mean(dim=1)
    torch.testing.assert_close(manifold.residual(x), squared.sqrt())


def test_folded_layers_are_the_network_between_two_products():
    """Bands to scores, the network, and scores to bands, each for itself."""
    weights, x = read("prosail_manifold"), torch.rand(6, 13).double()
    response = band_response(SENTINEL)
    posterior = ScorePosterior.of(weights.basis, response)
    config = weights.card.config
    network = AutoEncoder(len(posterior.std), int(config["width"]), int(config["size"]))
    network.load_state_dict(weights.network)
    scores = (x - torch.from_numpy(posterior.offset)) @ torch.from_numpy(posterior.gain).T
    expected = network(scores) @ torch.from_numpy(posterior.design).T
    expected = expected + torch.from_numpy(posterior.offset)
    found = ProsailManifold(SENTINEL).double().reconstruct(x, band_dim=-1)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def test_descending_it_brings_noisy_vegetation_nearer_to_the_truth():
    """What guided sampling asks of it."""
    manifold, truth = ProsailManifold(ROSIS), vegetation(ROSIS, 100)
    noise = torch.randn(truth.shape, generator=torch.Generator().manual_seed(0))
    start = truth + 0.02 * noise
    x = start.clone().requires_grad_()
    for _ in range(30):
        (slope,) = torch.autograd.grad(manifold(x, band_dim=-1).sum() * 103, x)
        x = (x - 0.1 * slope).detach().requires_grad_()
    before, after = (start - truth).square().mean(), (x - truth).square().mean()
    assert after < 0.5 * before


def test_bands_that_do_not_count_are_not_reconstructed():
    bands = Bands.at([350.0, 670.0, 800.0])
    found = ProsailManifold(bands).reconstruct(torch.rand(3, 2, 2))
    assert torch.isnan(found[0]).all()
    assert torch.isfinite(found[1:]).all()
