"""How the prior that ships was fitted, on spectra whose distribution is known."""

import numpy as np

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.materials import Materials
from anyband_models.training.spectral_prior import fit, ground, mixtures


def materials():
    rng = np.random.default_rng(3)
    centres = rng.uniform(400, 2500, (60, 4))
    bumps = np.exp(-(((GRID - centres[..., None]) / 400) ** 2)).sum(axis=1)
    groups = ("soil",) * 30 + ("vegetation",) * 30
    return Materials((0.05 + 0.15 * bumps).astype(np.float32), groups, ("made",) * 60)


def test_the_fit_has_the_mean_and_covariance_of_its_spectra():
    rng = np.random.default_rng(1)
    curves = np.stack([np.ones(len(GRID)), np.sin(GRID / 300), np.cos(GRID / 100)])
    scores = rng.standard_normal((3000, 3)) * [0.1, 0.05, 0.02]
    pixels = 0.3 + scores @ curves + 0.003 * rng.standard_normal((3000, len(GRID)))
    found = fit(pixels, ("made",), rank=3, components=1)
    np.testing.assert_allclose(found.mean, pixels.mean(axis=0))
    covariance = found.loadings @ found.loadings.T + np.diag(found.rest)
    expected = np.cov(pixels.T)
    np.testing.assert_allclose(np.diag(covariance), np.diag(expected), rtol=1e-9)
    np.testing.assert_allclose(covariance, expected, atol=0.01 * expected.max())
    assert 0.5 * 0.003**2 < np.median(found.rest) < 1.5 * 0.003**2
    assert found.made_of == ("made",)


def test_components_together_have_mean_0_and_covariance_1():
    pixels = mixtures(materials(), 1500, seed=2)
    shares, means, covariances = fit(pixels, (), rank=4, components=4).components
    np.testing.assert_allclose(shares @ means, 0, atol=0.02)
    whole = np.einsum("k,kij->ij", shares, covariances + means[:, :, None] * means[:, None])
    np.testing.assert_allclose(whole, np.eye(4), atol=0.1)


def test_spectra_are_functions_of_the_seed_and_reflectances():
    for made in (
        lambda seed: ground(materials(), 3, seed),
        lambda seed: mixtures(materials(), 50, seed),
    ):
        first, second, other = made(1), made(1), made(2)
        np.testing.assert_array_equal(first, second)
        assert np.any(first != other)
        assert first.shape[1] == len(GRID)
        assert np.all((first > -0.01) & (first < 2))
