"""Materials that were made up, for scenes; and the folder of measured ones."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.materials import Materials


@pytest.fixture(scope="session")
def materials():
    """Ninety smooth spectra of three groups."""
    rng = np.random.default_rng(3)
    groups = ("soil", "urban", "vegetation")
    spectra = []
    for number, _ in enumerate(groups):
        centres = rng.uniform(400, 2500, (30, 4)) + 20 * number
        bumps = np.exp(-(((GRID - centres[..., None]) / 400) ** 2))
        spectra.append(0.05 + 0.15 * bumps.sum(axis=1))
    values = np.concatenate(spectra).astype(np.float32)
    return Materials(values, tuple(np.repeat(groups, 30).tolist()), ("made",) * 90)


@pytest.fixture(scope="session")
def libraries():
    """The folder that holds `libraries/`, which is no part of the project."""
    beside = Path(__file__).parents[5] / "shared" / "data"
    folder = Path(os.environ.get("ANYBAND_DATA", beside))
    if not (folder / "libraries").is_dir():
        pytest.skip(f"there are no spectral libraries in {folder}; set ANYBAND_DATA")
    return folder


@pytest.fixture(scope="session")
def earthlib():
    if importlib.util.find_spec("earthlib") is None:
        pytest.skip("earthlib is not installed; it comes with the extras train and dev")
