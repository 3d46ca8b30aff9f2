"""The whole recipe, for a moment: what comes out is better than nothing, and knows how much."""

import dataclasses

import pytest
import torch
from torch import nn

from emulator_training.design import LIKELY
from emulator_training.errors import OtherFitError, WeightFileError
from emulator_training.fit import recipe
from emulator_training.fit.dataset import Dataset, read_dataset
from emulator_training.fit.forward import NINE_TENTHS, ForwardConfig, fit_forward, knot_errors
from emulator_training.fit.inverse import targets
from emulator_training.fit.recipe import FitConfig, fit_all, forward_of
from emulator_training.fit.slopes import Slopes
from emulator_training.networks import AutoEncoder, InverseNetwork
from emulator_training.weights import read, read_card


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


def test_what_is_fitted_already_stays(weights, simulation, quick):
    before = (weights / "prosail_inverse.safetensors").stat().st_mtime_ns
    assert fit_all(simulation, weights, quick) == []
    assert (weights / "prosail_inverse.safetensors").stat().st_mtime_ns == before


def test_a_fit_of_another_kind_is_refused(weights, simulation):
    with pytest.raises(OtherFitError) as refusal:
        fit_all(simulation, weights, FitConfig())
    said = str(refusal.value)
    assert said.startswith(f"{weights} holds another prosail_emulator: width 32, not ")
    assert said.endswith("; choose another folder, or ask for what it holds")


@pytest.fixture
def instant(monkeypatch, simulation, tmp_path):
    """Return a fit whose networks are one number, and the folder that it fills."""

    def network(name, data, folder, config, progress):
        made = nn.Linear(1, 1)
        nn.init.constant_(made.weight, float(config.of(name).seed))
        nn.init.zeros_(made.bias)
        return made

    monkeypatch.setattr(recipe, "_fit", network)

    def fit(**changed):
        return fit_all(simulation, tmp_path, FitConfig.model_validate(changed))

    return fit, tmp_path


def test_a_fit_to_another_simulation_is_refused_before_anything_is_written(
    instant, data, monkeypatch
):
    fit, folder = instant
    assert len(fit()) == 3
    (folder / "prosail_manifold.json").unlink()
    (folder / "prosail_manifold.safetensors").unlink()
    others = dataclasses.replace(data, sha256="0" * 64)
    monkeypatch.setattr(recipe, "read_dataset", lambda folder: others)
    wording = rf"another prosail_emulator: sha256 of its simulation '{data.sha256}', not '0{{64}}'"
    with pytest.raises(OtherFitError, match=wording):
        fit()
    assert not (folder / "prosail_manifold.json").exists()
    monkeypatch.undo()


def test_weights_that_are_damaged_are_fitted_again(instant):
    fit, folder = instant
    fit()
    assert fit() == []
    for content in (b"", None):
        path = folder / "prosail_inverse.safetensors"
        path.write_bytes(content) if content is not None else path.unlink()
        assert fit() == ["prosail_inverse"]


def test_a_manifold_is_of_the_emulator_that_it_was_fitted_beside(instant):
    fit, folder = instant
    fit()
    (folder / "prosail_emulator.json").unlink()
    assert fit() == ["prosail_emulator"]  # the same again
    (folder / "prosail_emulator.json").unlink()
    assert fit(emulator={"seed": 3}) == ["prosail_emulator", "prosail_manifold"]
    own = read_card("prosail_emulator", folder).sha256
    assert read_card("prosail_manifold", folder).data["emulator"] == own


def test_a_card_that_cannot_be_read_is_refused(instant):
    fit, folder = instant
    fit()
    (folder / "prosail_inverse.json").write_text("{}")
    with pytest.raises(WeightFileError, match="prosail_inverse have a card that cannot be read"):
        fit()


def test_the_same_seed_fits_the_same_network(data):
    config = ForwardConfig(width=8, epochs=1, std_epochs=1, batch=1000)
    one, two = (fit_forward(data, config).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.slow
def test_exact_slopes_make_gradients_better(data, monkeypatch):
    # In the hot spot slopes are so steep that they would be all that is compared.
    even = data.part("train", "wide", "prior")
    few = Dataset(even.parameters[:400], even.scores[:400], data.basis, data.sha256)
    monkeypatch.setattr(Dataset, "part", lambda self, split: self)
    shared = {"width": 32, "epochs": 60, "std_epochs": 1, "batch": 100}
    losses = []
    for weight in (0.0, 0.1):
        network = fit_forward(few, ForwardConfig(sobolev=weight, **shared))
        slopes = Slopes.of(few, seed=5)
        losses.append(slopes.loss(network, torch.arange(400)).item())
    assert losses[1] < 0.8 * losses[0]
