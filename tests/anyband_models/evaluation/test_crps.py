import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.errors import UsageError
from anyband_models.evaluation.crps import ensemble_crps, gaussian_crps

VALUES = st.floats(-10, 10)


@given(arrays(float, (2, 7), elements=VALUES), arrays(float, 7, elements=st.floats(1e-3, 10)))
def test_of_normal_distributions_it_is_what_scoringrules_says(pair, std):
    theirs = scoringrules.crps_normal(*pair, std, backend="numpy")
    np.testing.assert_allclose(gaussian_crps(*pair, std), theirs, rtol=1e-7, atol=1e-12)


@given(st.integers(2, 9).flatmap(lambda m: arrays(float, (m + 1, 5), elements=VALUES)))
def test_of_samples_it_is_what_scoringrules_says(values):
    truth, samples = values[0], values[1:]
    theirs = scoringrules.crps_ensemble(truth, samples.T, estimator="fair", backend="numpy")
    np.testing.assert_allclose(ensemble_crps(truth, samples), theirs, atol=1e-12)


@given(st.integers(2, 6).flatmap(lambda m: arrays(float, (m, 3, 2), elements=VALUES)))
def test_sorting_gives_what_all_pairs_give(samples):
    count = len(samples)
    pairs = np.abs(samples[:, None] - samples).sum((0, 1)) / (2 * count * (count - 1))
    truth = np.ones((3, 2))
    expected = np.abs(samples - truth).mean(0) - pairs
    np.testing.assert_allclose(ensemble_crps(truth, samples), expected, atol=1e-12)


def test_without_spread_it_is_the_absolute_error():
    truth, mean = np.array([0.0, 1, 2], "f4"), np.array([0.5, 1, -1], "f4")
    np.testing.assert_array_equal(gaussian_crps(truth, mean, np.zeros(3, "f4")), [0.5, 0, 3])
    np.testing.assert_array_equal(ensemble_crps(truth, np.stack([mean, mean])), [0.5, 0, 3])


def test_at_the_mean_it_has_a_closed_form():
    zero, std = np.zeros(2), np.array([1.0, 3.0])
    expected = std * (np.sqrt(2) - 1) / np.sqrt(np.pi)
    np.testing.assert_allclose(gaussian_crps(zero, zero, std), expected)


def test_it_scales_with_the_unit_and_rewards_the_right_spread():
    rng = np.random.default_rng(0)
    truth, mean = rng.normal(0, 2, 20_000), np.zeros(20_000)
    means = [gaussian_crps(truth, mean, np.full(20_000, s)).mean() for s in (1.0, 2.0, 4.0)]
    assert means[1] == min(means)
    scaled = gaussian_crps(10 * truth, mean, np.full(20_000, 20.0)).mean()
    assert scaled == pytest.approx(10 * means[1])


def test_few_samples_score_as_the_distribution_that_they_come_from():
    rng = np.random.default_rng(1)
    truth, samples = rng.normal(size=40_000), rng.normal(size=(3, 40_000))
    zero, one = np.zeros(40_000), np.ones(40_000)
    fair, exact = ensemble_crps(truth, samples).mean(), gaussian_crps(truth, zero, one).mean()
    assert fair == pytest.approx(exact, abs=0.015)


def test_what_is_not_a_number_stays_so():
    one, nan = np.ones(1), np.full(1, np.nan)
    for three in ((nan, one, one), (one, nan, one), (one, one, nan)):
        assert np.isnan(gaussian_crps(*three)).all()
    assert np.isnan(ensemble_crps(one, np.stack([one, nan, one]))).all()


def test_one_sample_tells_nothing_of_the_spread():
    with pytest.raises(UsageError, match="was given 1 samples and needs 2 or more"):
        ensemble_crps(np.ones(2), np.ones((1, 2)))
