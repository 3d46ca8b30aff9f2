from contextlib import contextmanager
from importlib.util import find_spec

import pytest
import torch

import physops
from emulator_training.errors import EmulatorError
from emulator_training.simulators.atmospheres import ASKED, design, tables


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
def quick():
    """Return how networks are fitted for a moment."""
    from emulator_training.fit.recipe import FitConfig

    shared = {"batch": 100, "learning_rate": 5e-3}
    config = {
        "emulator": {"width": 32, "epochs": 12, "std_epochs": 20, **shared},
        "inverse": {"width": 32, "epochs": 6, **shared},
        "manifold": {"width": 32, "epochs": 8, **shared},
    }
    return FitConfig.model_validate(config)


@pytest.fixture(scope="session")
def weights(simulation, quick, tmp_path_factory):
    """Return a folder of networks that were fitted for a moment."""
    from emulator_training.fit.recipe import fit_all

    folder = tmp_path_factory.mktemp("weights")
    with single_thread():
        fit_all(simulation, folder, quick)
    return folder


@pytest.fixture(scope="session")
def six_runs(tmp_path_factory):
    """Return states that the table was not fitted to, and what 6S gives for them."""
    states = design(4, seed=77, ranges=ASKED)
    folder = tmp_path_factory.mktemp("runs")
    try:
        return states, list(tables(states, folder)), folder
    except EmulatorError as error:
        pytest.skip(f"6S cannot be run here: {error}")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return what makes this project look as if it were installed with these entry points."""

    def install(entries):
        info = tmp_path / "anyband-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: anyband\nVersion: 0.1.0\n")
        (info / "entry_points.txt").write_text(entries)
        monkeypatch.syspath_prepend(tmp_path)
        physops.refresh()

    yield install
    monkeypatch.undo()
    physops.refresh()
