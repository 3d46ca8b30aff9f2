"""Materials that were made up, a small prior, and small runs on them."""

import numpy as np
import pytest

from anyband_models.distributions.expectation_maximisation import fit_components
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.networks.bandwise import BandwiseConfig
from anyband_models.training.anyband.recipe import Data, RecipeConfig
from anyband_models.training.data.grid import GRID
from anyband_models.training.data.materials import Materials


@pytest.fixture(scope="session")
def data():
    """Thirty smooth spectra of three groups, and no measured scene."""
    rng = np.random.default_rng(3)
    groups = ("soil", "urban", "vegetation")
    centres = rng.uniform(400, 2500, (30, 4, 1))
    bumps = np.exp(-(((GRID - centres) / 400) ** 2)).sum(axis=1)
    values = (0.05 + 0.15 * bumps).astype(np.float32)
    return Data(Materials(values, tuple(np.repeat(groups, 10).tolist()), ("prosail",) * 30), [])


@pytest.fixture(scope="session")
def config():
    """Builds the config of a run of seconds."""

    def build(**changes):
        small = {"examples": 8, "side": 8, "steps": 3, "report_every": 1, "keep_every": 1}
        shape = BandwiseConfig(width=4, latents=2, trunk=4)
        return RecipeConfig(**{**small, "together": 2, "network": shape, **changes})

    return build


@pytest.fixture(scope="session")
def materials():
    """Sixty smooth spectra of two groups."""
    rng = np.random.default_rng(3)
    centres = rng.uniform(400, 2500, (60, 4))
    bumps = np.exp(-(((GRID - centres[..., None]) / 400) ** 2)).sum(axis=1)
    groups = ("soil",) * 30 + ("vegetation",) * 30
    return Materials((0.05 + 0.15 * bumps).astype(np.float32), groups, ("made",) * 60)


@pytest.fixture(scope="session")
def prior():
    """Three scores."""
    nm = GRID[::4].astype(np.float64)
    components = fit_components(np.random.default_rng(1).standard_normal((900, 3)), 2, seed=0)
    loads = 0.1 * np.stack([np.ones(len(nm)), np.sin(nm / 300), np.cos(nm / 300)], axis=1)
    return SpectralPrior(nm, np.full(len(nm), 0.3), loads, np.full(len(nm), 1e-4), components)


@pytest.fixture
def rng():
    return np.random.default_rng(2026)
