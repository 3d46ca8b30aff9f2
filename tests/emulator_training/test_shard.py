import torch

from emulator_training.design import samples
from emulator_training.shard import PILOT, SimulationConfig, pilot_basis, spectra_of


def test_spectra_do_not_depend_on_the_threads():
    """Nor are the caller's threads changed."""
    parameters = samples(20, seed=1)
    torch.set_num_threads(2)
    first = spectra_of(parameters)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    assert (spectra_of(parameters) == first).all()


def test_only_scores_need_components():
    assert pilot_basis(SimulationConfig(storage="full")) is None
    assert pilot_basis(SimulationConfig(storage="sensor:S2A")) is None
    assert PILOT % 1000 == 0


def test_the_last_shard_is_what_is_left():
    config = SimulationConfig(count=2500, shard=1000)
    assert config.shards == 3
    assert SimulationConfig(count=3000, shard=1000).shards == 3
