import numpy as np
import pytest
import torch

from emulator_training.parameters import NAMES, PARAMETERS

LOW, HIGH = (np.array([getattr(p, end) for p in PARAMETERS]) for end in ("low", "high"))


@pytest.fixture(scope="session")
def package():
    """Return the package `prosail`, the oracle."""
    return pytest.importorskip("prosail", reason="the extra `emulator` is not installed")


@pytest.fixture(scope="session")
def oracle(package):
    """Return the package's reflectance as a function of our parameters."""

    def spectrum(parameters, **more):
        values = dict(zip(NAMES, map(float, parameters), strict=True))
        values["lidfa"] = values.pop("ala")
        return package.run_prosail(**values | more, prospect_version="D", factor="SDR")

    return spectrum


@pytest.fixture(scope="session")
def draw():
    """Return what draws random sets of parameters from the ranges of the surrogates."""

    def drawn(count, seed=0):
        return LOW + (HIGH - LOW) * np.random.default_rng(seed).random((count, len(NAMES)))

    return drawn


@pytest.fixture(autouse=True)
def one_thread():
    """Threads that wait for a busy machine make these tests slow, and nothing faster."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
