import pytest
import torch

from emulator_training.band_response import GRID
from emulator_training.networks import BIOPHYSICAL
from emulator_training.parameters import NAMES
from emulator_training.shard import SimulationConfig
from emulator_training.shipped.prosail_inverse import ProsailInverse
from emulator_training.validation.held_out import HeldOut
from emulator_training.validation.inverse import cycle_error, inverse_accuracy
from emulator_training.weights import SHIPPED
from physops import Bands

pytest.importorskip("prosail", reason="the extra `emulator` is not installed")


@pytest.fixture(scope="module")
def canopies():
    return HeldOut.of(SimulationConfig(count=2000), "prior", 60, seed=9)


def test_the_true_parameters_make_the_true_spectra_again(canopies):
    truth = canopies.parameters[:, [NAMES.index(name) for name in BIOPHYSICAL]]
    assert cycle_error(truth, canopies) < 1e-6


def test_a_cycle_is_off_by_what_its_parameters_change(canopies):
    """Soil under no leaves is as bright as it is said to be: its error is that of `rsoil`."""
    bare = canopies.parameters.clone()
    bare[:, NAMES.index("lai")], bare[:, NAMES.index("psoil")] = 0.0, 1.0
    bare[:, NAMES.index("rsoil")] = 1.0
    places = [NAMES.index(name) for name in BIOPHYSICAL]
    soil = HeldOut("prior", bare, torch.zeros(len(bare), len(GRID)))
    whole = cycle_error(bare[:, places], soil)
    half = bare.clone()
    half[:, NAMES.index("rsoil")] = 0.5
    assert 0.3 < whole < 0.5
    assert cycle_error(half[:, places], soil) == pytest.approx(whole / 2, rel=1e-5)


def test_the_inverse_explains_spectra_better_than_few_bands_do(canopies):
    found = inverse_accuracy(SHIPPED, canopies)
    spread = canopies.spectra.var(dim=0, correction=0).mean().sqrt().item()
    assert found["spectrum_cycle_rmse"] < found["sentinel2_cycle_rmse"] < spread / 2
    inverse = ProsailInverse(Bands.at(GRID))
    estimate = inverse(canopies.noisy(0, 0.01, 0.0), band_dim=-1)
    assert cycle_error(estimate, canopies) == pytest.approx(found["spectrum_cycle_rmse"])
