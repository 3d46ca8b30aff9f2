"""Materials that were made up, and small runs on them."""

import numpy as np
import pytest

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
