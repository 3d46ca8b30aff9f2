import time

import numpy as np
import pytest
import torch
import torchmetrics.functional as oracle
import torchmetrics.functional.image as image_oracle
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.evaluation.metrics import ergas, mean_decibels, mpsnr, psnr, rmse, sam

SHAPE = (3, 4, 5)
VALUES = st.floats(0, 1, width=32)
CUBES = arrays(np.float32, SHAPE, elements=VALUES)
MASKS = arrays(bool, SHAPE)
PEAKS = st.floats(1e-3, 1e5)
METRICS = {
    "psnr": lambda truth, estimate, where: psnr(truth, estimate, where, 1.0),
    "mpsnr": lambda truth, estimate, where: mpsnr(truth, estimate, where, 1.0),
    "rmse": rmse,
    "sam": sam,
    "ergas": ergas,
}
each_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())


def pair(seed=0, shape=(6, 17, 13)):
    """A truth in 0.1..1.1, an estimate near it, and a full mask."""
    rng = np.random.default_rng(seed)
    truth = rng.random(shape) + 0.1
    return truth, truth + 0.05 * rng.standard_normal(shape), np.ones(shape, dtype=bool)


def batch(cube):
    return torch.from_numpy(cube)[None]


@pytest.mark.parametrize("seed", range(3))
def test_full_masks_give_what_torchmetrics_gives(seed):
    truth, estimate, full = pair(seed)
    ours = [
        psnr(truth, estimate, full, 1.7),
        rmse(truth, estimate, full),
        sam(truth, estimate, full),
        ergas(truth, estimate, full, ratio=4.0),
    ]
    a, b = batch(estimate), batch(truth)
    theirs = [
        image_oracle.peak_signal_noise_ratio(a, b, data_range=1.7),
        oracle.mean_squared_error(a, b, squared=False),
        image_oracle.spectral_angle_mapper(a, b),
        image_oracle.error_relative_global_dimensionless_synthesis(a, b, ratio=4),
    ]
    # Not closer: torchmetrics takes the peak's logarithm in float32.
    np.testing.assert_allclose(ours, [float(value) for value in theirs], rtol=1e-7)
    by_band = [
        image_oracle.peak_signal_noise_ratio(a[:, i], b[:, i], data_range=1.7)
        for i in range(len(truth))
    ]
    assert mpsnr(truth, estimate, full, 1.7) == pytest.approx(float(np.mean(by_band)), rel=1e-7)


@given(CUBES, CUBES, MASKS, PEAKS)
def test_psnr_and_rmse_say_the_same(truth, estimate, where, peak):
    error, ratio = rmse(truth, estimate, where), psnr(truth, estimate, where, peak)
    if not where.any():
        assert np.isnan(error)
        assert np.isnan(ratio)
    elif error == 0:
        assert ratio == np.inf
    else:
        assert ratio == pytest.approx(20 * np.log10(peak / error), abs=1e-9)


@given(CUBES, CUBES, MASKS)
def test_errors_are_those_of_the_listed_entries(truth, estimate, where):
    difference = (estimate.astype(np.float64) - truth)[where]
    expected = np.sqrt(np.mean(difference**2)) if where.any() else np.nan
    assert rmse(truth, estimate, where) == pytest.approx(expected, nan_ok=True)


@each_metric
@given(CUBES, CUBES, MASKS)
def test_nothing_outside_the_mask_is_seen(metric, truth, estimate, where):
    spoilt_truth, spoilt_estimate = truth.copy(), estimate.copy()
    spoilt_truth[~where], spoilt_estimate[~where] = np.nan, np.inf
    clean, spoilt = metric(truth, estimate, where), metric(spoilt_truth, spoilt_estimate, where)
    assert clean == pytest.approx(spoilt, rel=0, abs=0, nan_ok=True)


@each_metric
def test_a_nan_that_is_scored_shows(metric):
    truth, estimate, full = pair()
    estimate[2, 3, 4] = np.nan
    assert np.isnan(metric(truth, estimate, full))


@each_metric
def test_an_empty_mask_has_no_score(metric):
    truth, estimate, full = pair()
    assert np.isnan(metric(truth, estimate, ~full))


@each_metric
@given(CUBES, MASKS.filter(np.any))
def test_a_perfect_estimate_has_a_perfect_score(metric, truth, where):
    perfect = np.inf if metric in (METRICS["psnr"], METRICS["mpsnr"]) else 0.0
    score = metric(truth, truth.copy(), where)
    nothing_left = metric is ergas and not truth[where].any()
    assert np.isnan(score) if nothing_left else score == perfect


@each_metric
@pytest.mark.parametrize("which", ["truth", "estimate", "both"])
def test_zero_pixels_and_bands_leave_the_score_finite(metric, which):
    truth, estimate, full = pair()
    zeroed = {"truth": [truth], "estimate": [estimate], "both": [truth, estimate]}[which]
    for cube in zeroed:
        cube[:, 0, 0] = 0
        cube[1] = 0
    assert np.isfinite(metric(truth, estimate, full))


def test_the_angle_of_a_zero_spectrum():
    """0 if both are zero, a right angle if one is; here two of each, and two at 45 degrees."""
    truth = np.array([[0.0, 0, 1, 1, 0, 1], [0.0, 0, 0, 1, 0, 0]])[:, None]
    estimate = np.array([[0.0, 1, 0, 1, 0, 1], [0.0, 1, 0, 0, 0, 1]])[:, None]
    where = np.ones_like(truth, dtype=bool)
    assert sam(truth, estimate, where) == pytest.approx((0 + 2 + 2 + 1 + 0 + 1) * np.pi / 4 / 6)


@given(CUBES, CUBES, st.floats(0.01, 100))
def test_the_angle_does_not_see_brightness(truth, estimate, factor):
    where = np.ones(SHAPE, dtype=bool)
    truth, estimate = truth.astype(np.float64), estimate.astype(np.float64)
    once = sam(truth, estimate, where)
    assert sam(truth, factor * estimate, where) == pytest.approx(once, abs=1e-7)


def test_small_angles_are_not_lost():
    """An angle of 1e-9, whose cosine is 1 in float64."""
    truth = np.array([1.0, 0.0]).reshape(2, 1, 1)
    estimate = np.array([1.0, 1e-9]).reshape(2, 1, 1)
    assert sam(truth, estimate, np.ones((2, 1, 1), dtype=bool)) == pytest.approx(1e-9, rel=1e-6)


def test_a_band_of_zero_mean_is_left_out_of_ergas():
    truth, estimate, full = pair()
    without = ergas(truth[1:], estimate[1:], full[1:])
    truth[0] = 0
    assert ergas(truth, estimate, full) == pytest.approx(without)
    assert np.isnan(ergas(truth[:1], estimate[:1], full[:1]))


def test_ergas_of_a_constant_relative_error():
    truth, _, full = pair()
    truth[:] = np.arange(1, 7).reshape(6, 1, 1)
    assert ergas(truth, 1.03 * truth, full) == pytest.approx(3.0)
    assert ergas(truth, 1.03 * truth, full, ratio=4.0) == pytest.approx(0.75)


def test_mpsnr_counts_each_scored_band_once():
    """Bands with errors 0.1 and 0.01 of which few and many entries are scored; one unscored."""
    truth = np.zeros((3, 4, 4))
    estimate = truth + np.array([0.1, 0.01, 7.0]).reshape(3, 1, 1)
    where = np.zeros(truth.shape, dtype=bool)
    where[0, 0, 0], where[1] = True, True
    assert mpsnr(truth, estimate, where, 1.0) == pytest.approx((20 + 40) / 2)


@pytest.mark.parametrize(
    ("values", "mean"),
    [([20.0, 40.0], 30.0), ([20.0, np.inf], 20.0), ([np.inf] * 2, np.inf), ([], np.nan)],
)
def test_perfect_values_do_not_swallow_the_others(values, mean):
    assert mean_decibels(values) == pytest.approx(mean, nan_ok=True)


@pytest.mark.parametrize("peak", [0.0, -1.0, np.nan])
def test_without_a_range_there_is_no_psnr(peak):
    truth, estimate, full = pair()
    assert np.isnan(psnr(truth, estimate, full, peak))
    assert np.isnan(mpsnr(truth, estimate, full, peak))


@pytest.mark.slow
@each_metric
def test_ten_million_entries_take_half_a_second(metric):
    """The best of five; another process may have the other core."""
    rng = np.random.default_rng(0)
    truth = rng.random((40, 500, 500), dtype=np.float32)
    estimate, where = truth + np.float32(0.01), rng.random(truth.shape) < 0.5
    times = []
    for _ in range(5):
        start = time.perf_counter()
        metric(truth, estimate, where)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5
