from contextlib import contextmanager
from importlib.util import find_spec

import pytest
import torch


@contextmanager
def single_thread():
    """Batches are so small that threads would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def one_thread():
    with single_thread():
        yield


@pytest.fixture(scope="session")
def simulation(tmp_path_factory):
    """Return a folder with the smallest simulation that networks can be fitted to."""
    if find_spec("prosail") is None:
        pytest.skip("the extra `emulator` is not installed")
    from emulator_training.design import LEAST
    from emulator_training.shard import SimulationConfig
    from emulator_training.simulate import simulate

    folder = tmp_path_factory.mktemp("simulation")
    simulate(folder, SimulationConfig(count=LEAST, storage="pca:20", shard=2500))
    return folder


@pytest.fixture(scope="session")
def weights(simulation, tmp_path_factory):
    """Return a folder of networks that were fitted for a moment."""
    from emulator_training.fit.recipe import FitConfig, fit_all

    quick = {"batch": 100, "learning_rate": 5e-3}
    config = {
        "emulator": {"width": 32, "epochs": 12, "std_epochs": 2, **quick},
        "inverse": {"width": 32, "epochs": 6, **quick},
        "manifold": {"width": 32, "epochs": 8, **quick},
    }
    folder = tmp_path_factory.mktemp("weights")
    with single_thread():
        fit_all(simulation, folder, FitConfig.model_validate(config))
    return folder
