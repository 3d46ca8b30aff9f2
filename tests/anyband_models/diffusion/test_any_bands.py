import numpy as np
import pytest
import torch

from anyband_models.diffusion.any_bands import REACH, AnyBands, AnyBandsSpec, Problem
from anyband_models.networks.bandwise import SHOWN, BandwiseConfig
from physops.bands import Bands

SMALL = AnyBandsSpec(network=BandwiseConfig(width=2, latents=2, trunk=2))
BANDS = Bands.at([500.0, 700.0, 1200.0], [10.0, np.nan, 50.0])


@pytest.fixture
def silent():
    return AnyBands(SMALL).eval()


@pytest.fixture
def talking():
    torch.manual_seed(5)
    model = AnyBands(SMALL).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


@pytest.fixture
def problem():
    rng = np.random.default_rng(4)
    channels = rng.standard_normal((SHOWN, 3, 19, 23)).astype(np.float32)
    return Problem(channels, rng.random((3, 19, 23)) < 0.6)


def noise(problem):
    return np.random.default_rng(1).standard_normal(problem.wanted.shape).astype(np.float32)


def test_a_silent_network_is_the_prior(silent, problem):
    assert not silent.mean(problem, BANDS, 64).any()
    drawn, wanted = noise(problem), problem.wanted
    for sampler in ("dpm++", "heun"):
        found = silent.sample(problem, BANDS, drawn, 40, sampler, 64)
        # The noise shrinks as 1 / sqrt(1 + sigma^2), but for the steps' width.
        np.testing.assert_allclose(found[wanted], drawn[wanted], rtol=0.02)
        assert not found[~wanted].any()


def test_means_and_samples_do_not_depend_on_tiles(talking, problem):
    whole = talking.mean(problem, BANDS, 64)
    assert np.abs(whole[problem.wanted]).min() > 0
    assert not whole[~problem.wanted].any()
    for tile in (4, 7, 20):
        np.testing.assert_allclose(talking.mean(problem, BANDS, tile), whole, rtol=1e-4, atol=1e-5)
    drawn = noise(problem)
    for sampler, steps in (("dpm++", 2), ("ddim", 1), ("heun", 1)):
        large, small = (
            talking.sample(problem, BANDS, drawn, steps, sampler, tile) for tile in (64, 8)
        )
        np.testing.assert_allclose(small, large, rtol=1e-3, atol=1e-4)


def test_a_pixel_depends_on_its_surroundings_so_far_and_no_farther(talking):
    channels = np.zeros((SHOWN, 3, 1, 31), dtype=np.float32)
    wanted = np.ones((3, 1, 31), dtype=bool)
    plain = talking.mean(Problem(channels, wanted), BANDS, 64)
    channels[:, :, 0, 15] = 3
    touched = talking.mean(Problem(channels, wanted), BANDS, 64) != plain
    columns = np.flatnonzero(touched.any(axis=(0, 1)))
    assert (columns[0], columns[-1]) == (15 - REACH, 15 + REACH)


def test_the_order_of_the_bands_does_not_matter(talking, problem):
    order = np.array([2, 0, 1])
    turned = Problem(
        np.ascontiguousarray(problem.channels[:, order]),
        np.ascontiguousarray(problem.wanted[order]),
    )
    bands = Bands(BANDS.wavelength[order], BANDS.fwhm[order], BANDS.good[order])
    np.testing.assert_allclose(
        talking.mean(turned, bands, 64), talking.mean(problem, BANDS, 64)[order], atol=1e-5
    )
