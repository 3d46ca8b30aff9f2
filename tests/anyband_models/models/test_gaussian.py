import numpy as np
import pytest

from anyband_models.distributions.normal import Normal
from anyband_models.models.contract import Caution, Observation
from anyband_models.models.gaussian import Gaussian, GaussianConfig
from anyband_models.models.linear import Linear, LinearConfig
from physops.bands import Bands

BANDS, RANK, NOISE = 12, 3, 0.02
LAYERS = ("mean", "std", "provenance", "samples")


def drawn(rng, pixels):
    """Spectra of a known low-rank Gaussian with noise: (band, pixel), mean, covariance."""
    loadings = 0.1 * rng.standard_normal((BANDS, RANK))
    mean = 0.5 + 0.1 * rng.standard_normal(BANDS)
    values = mean[:, None] + loadings @ rng.standard_normal((RANK, pixels))
    values += NOISE * rng.standard_normal((BANDS, pixels))
    return values, mean, loadings @ loadings.T + NOISE**2 * np.eye(BANDS)


def scene(values, mask, support=None):
    cube = (len(values), 1, -1)
    return Observation(
        np.reshape(values, cube).astype(np.float32),
        np.reshape(mask, cube),
        Bands.at(np.linspace(450, 1000, len(values))),
        support,
    )


def gaussian(observation, samples=0, **settings):
    return Gaussian(GaussianConfig(**settings)).reconstruct(observation, samples, seed=3)


def linear(observation, samples=0):
    return Linear(LinearConfig()).reconstruct(observation, samples, seed=3)


def assert_same(ours, theirs, where):
    for layer in LAYERS:
        if getattr(theirs, layer) is not None:
            a, b = getattr(ours, layer)[..., where], getattr(theirs, layer)[..., where]
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(
        ours.caution[where], theirs.caution[where] | np.uint8(Caution.FALLBACK)
    )


@pytest.fixture
def damaged(rng):
    """1000 of 6000 spectra lack bands 2, 5 and 6: (observation, truth, mask, mean, covariance)."""
    values, mean, covariance = drawn(rng, 6000)
    mask = np.ones(values.shape, dtype=bool)
    mask[[[2], [5], [6]], :1000] = False
    return scene(values, mask), values, mask, mean, covariance


def test_a_known_gaussian_is_conditioned_on(damaged):
    observation, truth, mask, mean, covariance = damaged
    result = gaussian(observation)
    exact = Normal(mean, covariance).given(mask[:, 0])
    known, wanted = mask[:, 0], ~mask[:, 0]
    best = mean[wanted, None] + exact.gain @ (truth[known, :1000] - mean[known, None])
    std = np.sqrt(np.diag(exact.covariance))
    found = result.mean[wanted, 0, :1000]
    np.testing.assert_allclose(found, best, atol=0.3 * NOISE)
    assert np.sqrt(np.mean((found - best) ** 2)) < 0.1 * NOISE
    np.testing.assert_allclose(result.std[wanted, 0, 0], std, rtol=0.05)
    inside = np.abs(found - truth[wanted, :1000]) < 1.6449 * result.std[wanted, 0, :1000]
    assert 0.88 <= inside.mean() <= 0.92
    assert not result.caution.any()
    assert result.notes == ()


def test_samples_have_the_conditional_covariance(rng):
    values, mean, covariance = drawn(rng, 6000)
    mask = np.ones(values.shape, dtype=bool)
    mask[2:, :1000] = False  # ten bands from two: what they lack, they lack together
    exact = Normal(mean, covariance).given(mask[:, 0]).covariance
    result = gaussian(scene(values, mask), samples=10, shrinkages=(1e-7,))
    draws = result.samples[:, 2:, 0, :1000] - result.mean[2:, 0, :1000]
    found = np.cov(draws.transpose(1, 0, 2).reshape(BANDS - 2, -1))
    assert np.abs(exact - np.diag(np.diag(exact))).max() > 0.3 * exact.max()
    # 5000 spectra to learn from and 10 000 draws: a variance is known to 2 and 1 %.
    np.testing.assert_allclose(found, exact, atol=0.08 * exact.max())


def test_further_spectra_serve_as_complete_pixels_do(damaged):
    observation, truth, mask, *_ = damaged
    apart = scene(truth[:, :1000], mask[:, :1000], truth[:, 1000:].T.astype(np.float32))
    ours, theirs = gaussian(apart), gaussian(observation)
    np.testing.assert_array_equal(ours.std, theirs.std[..., :1000])
    np.testing.assert_allclose(ours.mean, theirs.mean[..., :1000], rtol=1e-6)


@pytest.mark.parametrize("complete", [0, 29])
def test_with_too_little_support_it_is_linear_and_says_so(complete, rng):
    values, *_ = drawn(rng, 40)
    mask = np.ones(values.shape, dtype=bool)
    for pixel in range(40 - complete):
        # More than half of the bands: giving some up makes none of these complete.
        mask[(pixel + np.arange(7)) % BANDS, pixel] = False
    observation = scene(values, mask)
    result = gaussian(observation, samples=2, min_support=30)
    assert_same(result, linear(observation, samples=2), ~observation.mask)
    (note,) = result.notes
    assert f"found {complete} complete pixels and needs 30" in note


def test_thirty_complete_pixels_suffice(rng):
    values, *_ = drawn(rng, 31)
    mask = np.ones(values.shape, dtype=bool)
    mask[4, 0] = False
    assert gaussian(scene(values, mask)).notes == ()


def test_masks_without_complete_pixels_give_exactly_linear(rng):
    values, *_ = drawn(rng, 300)
    observation = scene(values, rng.random(values.shape) < 0.5)
    assert_same(gaussian(observation), linear(observation), ~observation.mask & ~np.all(
        ~observation.mask, axis=0))  # fmt: skip


def test_a_band_that_nobody_has_falls_back_while_others_are_served(damaged):
    observation, truth, mask, *_ = damaged
    mask = mask.copy()
    mask[9] = False
    result, line = (model(scene(truth, mask), 1) for model in (gaussian, linear))
    lost = np.zeros(observation.mask.shape, dtype=bool)
    lost[9] = True
    assert_same(result, line, lost)
    served = ~observation.mask
    assert not result.caution[served].any()
    assert np.all(result.std[served] < line.std[served])
    (note,) = result.notes
    assert "6000 entries in 1 bands" in note


def test_a_pixel_without_any_learned_band_falls_back(rng):
    values, *_ = drawn(rng, 200)
    mask = np.ones(values.shape, dtype=bool)
    mask[0] = False
    mask[:, 0] = np.arange(BANDS) == 0  # the one pixel that has band 0 has nothing else
    observation = scene(values, mask)
    result, line = gaussian(observation), linear(observation)
    assert_same(result, line, ~observation.mask)


def test_a_constant_band_is_repaired_with_its_constant(rng):
    values, *_ = drawn(rng, 200)
    values[3] = 0.25
    mask = np.ones(values.shape, dtype=bool)
    mask[3, :50] = mask[7, 50:60] = False
    result = gaussian(scene(values, mask))
    np.testing.assert_allclose(result.mean[3], 0.25, atol=1e-6)
    assert np.all((result.std[3, 0, :50] > 0) & (result.std[3, 0, :50] < 1e-5))
    assert not result.caution.any()


@pytest.mark.parametrize("distinct", [1, 5, 30])
def test_support_of_few_distinct_spectra_still_gives_finite_answers(distinct, rng):
    # Fewer of them than bands, and each several times: the covariance has no inverse.
    values, *_ = drawn(rng, distinct)
    values = np.repeat(values, 60 // distinct, axis=1)
    mask = np.ones(values.shape, dtype=bool)
    mask[[[1], [2], [8]], :20] = False
    result = gaussian(scene(values, mask))
    assert np.all(np.isfinite(result.mean))
    assert np.all(result.std[~scene(values, mask).mask] > 0)
    assert not result.caution.any()
    assert np.abs(result.mean.reshape(values.shape) - values).max() < 1


def test_the_shrinkage_is_the_one_that_predicts_observed_bands_best(rng):
    values, *_ = drawn(rng, 45)
    mask = np.ones(values.shape, dtype=bool)
    mask[[[2], [5]], :10] = False
    known = mask[:, 0]
    normal = Normal.fit(values[:, 10:].T.astype(np.float32).astype(np.float64))
    part = Normal(normal.mean[known], normal.covariance[np.ix_(known, known)])
    tried = GaussianConfig().shrinkages
    scores = part.leave_one_band_out(values[known, :10].T.astype(np.float32), tried)
    best = tried[int(np.argmax(scores))]
    observation = scene(values, mask)
    chosen = gaussian(observation)
    np.testing.assert_array_equal(chosen.mean, gaussian(observation, shrinkages=(best,)).mean)
    others = [weight for weight in tried if weight != best]
    assert all(
        np.any(chosen.mean != gaussian(observation, shrinkages=(weight,)).mean) for weight in others
    )
