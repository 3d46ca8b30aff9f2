import numpy as np
import pytest

from emulator_training.spectral_basis import SpectralBasis


@pytest.fixture
def spectra():
    rng = np.random.default_rng(0)
    return rng.random((200, 3)) @ rng.random((3, 30)) + 0.01 * rng.random((200, 30))


def test_scores_have_the_variances_that_are_told(spectra):
    basis = SpectralBasis.of(spectra, 4)
    scores = basis.scores(spectra)
    assert np.cov(scores.T) == pytest.approx(np.diag(basis.variance), abs=1e-12)
    assert (np.diff(basis.variance) < 0).all()


def test_all_components_together_are_the_spectra(spectra):
    basis = SpectralBasis.of(spectra, 30)
    assert basis.spectra(basis.scores(spectra)) == pytest.approx(spectra)


def test_they_are_those_of_the_singular_values(spectra):
    basis = SpectralBasis.of(spectra, 3)
    _, singular, rows = np.linalg.svd(spectra - spectra.mean(axis=0))
    assert basis.variance == pytest.approx(singular[:3] ** 2 / 199)
    assert np.abs((basis.components * rows[:3]).sum(axis=1)) == pytest.approx(np.ones(3))
