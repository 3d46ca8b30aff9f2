"""The whole recipe, for a moment: what comes out is better than nothing, and knows how much."""

import pytest
import torch

from emulator_training.design import LIKELY
from emulator_training.fit.dataset import Dataset, read_dataset
from emulator_training.fit.forward import NINE_TENTHS, ForwardConfig, fit_forward, knot_errors
from emulator_training.fit.inverse import targets
from emulator_training.fit.recipe import FitConfig, fit_all, forward_of
from emulator_training.fit.slopes import Slopes
from emulator_training.networks import AutoEncoder, InverseNetwork
from emulator_training.weights import read


@pytest.fixture(scope="module")
def data(simulation):
    return read_dataset(simulation)


def test_the_forward_network_explains_held_out_spectra(weights, data):
    held_out = data.part("test")
    with torch.no_grad():
        apart = forward_of(weights)(held_out.parameters) - held_out.scores
    centred = held_out.scores - held_out.scores.mean(dim=0)
    assert apart.square().sum() < 0.1 * centred.square().sum()


def test_nine_tenths_of_the_errors_are_where_they_should_be(weights, data):
    network, held_out = forward_of(weights), data.part("test")
    with torch.no_grad():
        inside = knot_errors(network, held_out).abs() <= NINE_TENTHS * network.std(
            held_out.parameters
        )
    assert 0.87 < inside.float().mean() < 0.93


def test_the_inverse_knows_more_than_the_prior(weights, data):
    found, held_out = read("prosail_inverse", weights), data.part("test")
    width, examples = (int(found.card.config[name]) for name in ("width", "examples"))
    network = InverseNetwork(held_out.scores.shape[1], width, examples)
    network.load_state_dict(found.network)
    known, unknown = torch.zeros_like(held_out.scores), torch.zeros(len(held_out.scores), 4)
    with torch.no_grad():
        mean, _ = network(held_out.scores, known, unknown)
    truth = targets(held_out.parameters)
    r2 = 1 - (mean - truth).square().mean(dim=0) / truth.var(dim=0)
    assert r2[7] > 0.4  # the leaf area index


def test_the_inverse_is_calibrated_with_many_bands_and_few_and_angles_known_and_not(weights, data):
    table = read("prosail_inverse", weights).network["calibration"]
    assert table.shape == (2, 2, 12)
    assert ((table > 0.3) & (table < 3)).all()
    # Each regime has its own.
    assert len({tuple(row.tolist()) for row in table.flatten(0, 1)}) == 4
    few, many = (read("prosail_inverse", weights).network["telling"][n] for n in (1, 0))
    assert 0 < many < few < 1


def test_the_inverse_keeps_canopies_that_it_was_fitted_to(weights, data):
    found = read("prosail_inverse", weights).network
    kept = {tuple(row) for row in found["examples"].tolist()}
    assert kept <= {tuple(row) for row in data.part("train", *LIKELY).scores.tolist()}
    assert len(kept) == 1000
    wanted = targets(data.part("train", *LIKELY).parameters)
    assert found["spread"].tolist() == pytest.approx(wanted.std(dim=0).tolist())


def test_the_autoencoder_gives_back_what_it_was_given(weights, data):
    found, held_out = read("prosail_manifold", weights), data.part("test")
    config = found.card.config
    network = AutoEncoder(held_out.scores.shape[1], int(config["width"]), int(config["size"]))
    network.load_state_dict(found.network)
    with torch.no_grad():
        apart = network(held_out.scores) - held_out.scores
    assert apart.square().sum() < 0.05 * held_out.scores.square().sum()


def test_a_card_says_what_was_done(weights, data):
    card = read("prosail_emulator", weights).card
    assert card.data["sha256"] == data.sha256
    assert card.data["count"] == 10_000
    assert card.config["width"] == 32
    assert card.ranges["lai"].high == 8.0
    assert "emulator-train fit" in card.command


def test_what_is_fitted_already_stays(weights, simulation):
    before = (weights / "prosail_inverse.safetensors").stat().st_mtime_ns
    assert fit_all(simulation, weights, FitConfig()) == []
    assert (weights / "prosail_inverse.safetensors").stat().st_mtime_ns == before


def test_the_same_seed_fits_the_same_network(data):
    config = ForwardConfig(width=8, epochs=1, std_epochs=1, batch=1000)
    one, two = (fit_forward(data, config).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_exact_slopes_make_gradients_better(data, monkeypatch):
    # In the hot spot slopes are so steep that they would be all that is compared.
    even = data.part("train", "wide", "prior")
    few = Dataset(even.parameters[:1000], even.scores[:1000], data.basis, data.sha256)
    monkeypatch.setattr(Dataset, "part", lambda self, split: self)
    shared = {"width": 32, "epochs": 60, "std_epochs": 1, "batch": 100}
    losses = []
    for weight in (0.0, 0.1):
        network = fit_forward(few, ForwardConfig(sobolev=weight, **shared))
        slopes = Slopes.of(few, seed=5)
        losses.append(slopes.loss(network, torch.arange(1000)).item())
    assert losses[1] < 0.8 * losses[0]
