import numpy as np
import pytest

from emulator_training.band_response import GRID, band_response
from emulator_training.score_posterior import ABSOLUTE_NOISE, RELATIVE_NOISE, ScorePosterior
from emulator_training.spectral_basis import SpectralBasis
from physops import Bands


@pytest.fixture(scope="module")
def basis():
    rng = np.random.default_rng(0)
    waves = np.sin(GRID / 100 * rng.uniform(0.2, 3, (6, 1)))
    components = np.linalg.qr(waves.T)[0].T
    return SpectralBasis(np.full(len(GRID), 0.3), components, np.array([40.0, 9, 3, 1, 0.3, 0.1]))


def test_it_is_the_gaussian_conditional(basis):
    """E[z | y] = Λ Aᵀ (A Λ Aᵀ + N)⁻¹ (y - A μ), the joint Gaussian's other form."""
    response = band_response(Bands.at([450.0, 660.0, 850.0, 1650.0], 20.0))
    posterior = ScorePosterior.of(basis, response)
    design, prior = response.weights @ basis.components.T, np.diag(basis.variance)
    noise = np.diag((RELATIVE_NOISE * response.weights @ basis.mean) ** 2 + ABSOLUTE_NOISE**2)
    gain = prior @ design.T @ np.linalg.inv(design @ prior @ design.T + noise)
    left = prior - gain @ design @ prior
    assert posterior.gain == pytest.approx(gain, rel=1e-6, abs=1e-9)
    assert posterior.std**2 == pytest.approx(np.diagonal(left) / basis.variance, abs=1e-9)


def test_what_is_not_seen_does_not_count(basis):
    few = ScorePosterior.of(basis, band_response(Bands.at([660.0, 850.0])))
    more = ScorePosterior.of(basis, band_response(Bands.at([660.0, 9000.0, 850.0])))
    assert np.array_equal(more.gain[:, [0, 2]], few.gain)
    assert not more.gain[:, 1].any()


def test_every_nanometre_tells_the_scores(basis):
    posterior = ScorePosterior.of(basis, band_response(Bands.at(GRID)))
    scores = np.sqrt(basis.variance) * np.array([1, -1, 0.5, 2, -0.3, 1.0])
    assert posterior.gain @ (basis.spectra(scores) - posterior.offset) == pytest.approx(
        scores, rel=0.01
    )
    assert (posterior.std < 0.02).all()


def test_one_band_leaves_most_unknown(basis):
    posterior = ScorePosterior.of(basis, band_response(Bands.at([660.0])))
    assert np.sum(posterior.std**2) == pytest.approx(5, abs=0.1)
