import json
import math

import pytest
import torch

from emulator_training.design import kind_of, samples, split_of
from emulator_training.errors import MissingExtraError, WeightFileError
from emulator_training.shard import SimulationConfig, spectra_of
from emulator_training.simulators import tables
from emulator_training.validation.gates import GATES
from emulator_training.validation.held_out import HeldOut
from emulator_training.validation.manifold import strangers
from emulator_training.validation.report import validate
from emulator_training.weights import read_card

pytest.importorskip("prosail", reason="the extra `emulator` is not installed")


@pytest.fixture(scope="module")
def found(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return validate(weights, folder, 40), folder


def test_a_report_has_every_accuracy_its_weights_and_its_plots(found, weights):
    accuracy, folder = found
    written = json.loads((folder / "accuracy.json").read_text())
    assert written["accuracy"] == accuracy
    assert "prosail_emulator.wide_rmse" in " ".join(written["missed"])
    hashes = {name: read_card(name, weights).sha256 for name in accuracy}
    assert written["weights"] == hashes
    names = ("error_by_parameter", "error_by_wavelength", "inverse_by_parameter")
    for name in names:
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert all(math.isfinite(v) for part in accuracy.values() for v in part.values())


def test_what_was_fitted_for_a_moment_is_known_to_be_bad(found):
    accuracy, _ = found
    emulator = accuracy["prosail_emulator"]
    assert 0.005 < emulator["wide_rmse"] < 0.1
    assert emulator["wide_worst"] > emulator["wide_worst_of_99_percent"] > emulator["wide_rmse"]
    assert accuracy["prosail_manifold"]["wide_rmse_of_principal_components"] < 0.01


def test_every_gate_is_of_something_that_is_measured(found):
    accuracy, _ = found
    assert all(gate.name in accuracy[gate.operator] for gate in GATES)


def test_canopies_can_be_seen_from_elsewhere():
    canopies = HeldOut.of(SimulationConfig(count=2000), "wide", 5, seed=3)
    moved = canopies.seen_from(30.0, 0.0, 90.0)
    assert moved.parameters[:, -3:].tolist() == [[30.0, 0.0, 90.0]] * 5
    assert torch.equal(moved.parameters[:, :-3], canopies.parameters[:, :-3])
    assert torch.equal(
        moved.spectra, torch.from_numpy(spectra_of(moved.parameters.double().numpy()))
    )
    assert (moved.spectra - canopies.spectra).abs().max() > 1e-3


def test_held_out_canopies_are_of_the_test_split():
    config = SimulationConfig(count=20_000)
    canopies = HeldOut.of(config, "prior", 30)
    design = torch.from_numpy(samples(20_000, 0)).float()
    place = [int((design == row).all(dim=-1).nonzero()[0, 0]) for row in canopies.parameters]
    numbers = torch.tensor(place).numpy()
    assert set(split_of(numbers)) == {"test"}
    assert set(kind_of(numbers)) == {"prior"}
    assert canopies.spectra.shape == (30, 2101)


def test_canopies_of_another_seed_are_none_of_those_that_were_fitted_to():
    config = SimulationConfig(count=20_000)
    fitted = set(map(tuple, torch.from_numpy(samples(20_000, 0)).float().tolist()))
    for kind in ("wide", "prior"):
        fresh = HeldOut.of(config, kind, 30, seed=1).parameters
        assert fitted.isdisjoint(map(tuple, fresh.tolist()))
        own = HeldOut.of(config, kind, 30).parameters
        assert fitted.issuperset(map(tuple, own.tolist()))
        assert torch.equal(HeldOut.of(config, kind, 30, seed=0).parameters, own)
        # All splits of the other design serve, and its first canopy is the first.
        first = 0 if kind == "wide" else 250
        assert torch.equal(fresh[0], torch.from_numpy(samples(1, 1, first)).float()[0])


def test_a_report_says_which_canopies_it_judged_by(weights, found, tmp_path):
    accuracy, folder = found
    assert json.loads((folder / "accuracy.json").read_text())["canopies"] == {
        "count": 40,
        "seed": 0,
    }
    fresh = validate(weights, tmp_path, 40, seed=5)
    assert json.loads((tmp_path / "accuracy.json").read_text())["canopies"]["seed"] == 5
    before, after = (a["prosail_emulator"]["wide_rmse"] for a in (accuracy, fresh))
    assert 0.5 < after / before < 2
    assert after != before


def test_without_prosail_the_extra_is_named_and_not_what_is_judged(weights, tmp_path, monkeypatch):
    tables._whole.cache_clear()
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError) as refusal:
        validate(weights, tmp_path, 10)
    assert str(refusal.value) == (
        "validate needs the package prosail, which is not installed: "
        "pip install 'anyband[emulator]'"
    )


def test_a_card_that_does_not_say_what_was_fitted_to_is_refused(weights, tmp_path):
    card = json.loads((weights / "prosail_emulator.json").read_text())
    del card["data"]["count"]
    (tmp_path / "prosail_emulator.json").write_text(json.dumps(card))
    with pytest.raises(WeightFileError, match="does not say which simulation they were fitted to"):
        validate(tmp_path, tmp_path / "report", 10)


def test_noise_is_as_large_as_it_is_said_to_be():
    canopies = HeldOut("wide", torch.zeros(50, 15), torch.full((50, 2101), 0.4))
    assert canopies.noisy(0, 0.01, 0.0).std() == pytest.approx(0.004, rel=0.01)
    assert canopies.noisy(0, 0.0, 0.002).std() == pytest.approx(0.002, rel=0.01)


def test_strangers_are_reflectances():
    assert strangers().shape[1] == 2101
    assert ((strangers() > 0) & (strangers() < 1)).all()
