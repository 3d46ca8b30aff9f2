import numpy as np
import pytest

from anyband_models.distributions.spectral_prior import SpectralPrior


@pytest.fixture
def rng():
    return np.random.default_rng(2026)


@pytest.fixture(scope="session")
def shipped():
    """The spectral prior that ships."""
    return SpectralPrior.read()
