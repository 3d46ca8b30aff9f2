import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.image import (
    structural_similarity_index_measure,
    universal_image_quality_index,
)

from anyband_models.evaluation.similarity import ssim, uqi

METRICS = {"ssim": lambda truth, estimate, where: ssim(truth, estimate, where, 1.0), "uqi": uqi}
each_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())


def pair(shape=(3, 25, 19), seed=0):
    """A truth in 0.1..1.1, an estimate near it, and a full mask."""
    rng = np.random.default_rng(seed)
    truth = rng.random(shape) + 0.1
    return truth, truth + 0.1 * rng.standard_normal(shape), np.ones(shape, dtype=bool)


def batch(cube):
    return torch.from_numpy(cube)[None]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("peak", [0.5, 1.0, 30.0])
def test_ssim_of_full_masks_is_that_of_torchmetrics(seed, peak):
    truth, estimate, full = pair(seed=seed)
    theirs = structural_similarity_index_measure(batch(estimate), batch(truth), data_range=peak)
    assert ssim(truth, estimate, full, peak) == pytest.approx(float(theirs), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_uqi_of_full_masks_is_that_of_torchmetrics(seed):
    truth, estimate, full = pair(seed=seed)
    theirs = universal_image_quality_index(batch(estimate), batch(truth))
    assert uqi(truth, estimate, full) == pytest.approx(float(theirs), abs=1e-9)


@pytest.mark.parametrize(("rows", "columns"), [(7, 9), (10, 40), (3, 5)])
def test_uqi_of_small_images_is_that_of_a_smaller_window(rows, columns):
    truth, estimate, full = pair((2, rows, columns))
    window = [min(11, n if n % 2 else n - 1) for n in (rows, columns)]
    # torchmetrics pads and crops each axis by the other's window, so it is asked per centre:
    # the one window of an odd-sized corner of the image, whose mean over all corners is ours.
    scores = [
        _centre_quality(
            truth[:, y : y + window[0], x : x + window[1]],
            estimate[:, y : y + window[0], x : x + window[1]],
        )
        for y in range(rows - window[0] + 1)
        for x in range(columns - window[1] + 1)
    ]
    assert uqi(truth, estimate, full) == pytest.approx(np.mean(scores), abs=1e-9)


def _centre_quality(truth, estimate):
    """The index of one window, by its definition, mean over bands."""
    weight = np.ones(1)
    for n in truth.shape[1:]:
        bell = np.exp(-0.5 * ((np.arange(n) - n // 2) / 1.5) ** 2)
        weight = np.multiply.outer(weight, bell / bell.sum())
    mean = lambda cube: (weight * cube).sum(axis=(1, 2))  # noqa: E731
    t, e = mean(truth), mean(estimate)
    t_t, e_e, t_e = mean(truth**2) - t**2, mean(estimate**2) - e**2, mean(truth * estimate) - t * e
    return np.mean(4 * t_e * t * e / ((t_t + e_e) * (t**2 + e**2)))


@each_metric
@given(st.integers(1, 14), st.integers(1, 14))
def test_images_of_any_size_have_a_score(metric, rows, columns):
    truth, estimate, full = pair((2, rows, columns))
    assert -1 <= metric(truth, estimate, full) <= 1
    assert metric(truth, truth, full) == pytest.approx(1)


@each_metric
def test_only_windows_of_scored_pixels_count(metric):
    """A hole of one pixel takes away the windows that touch it, whatever it holds."""
    truth, estimate, full = pair((1, 31, 40))
    where = full.copy()
    where[0, 15, 20] = False
    spoilt = estimate.copy()
    spoilt[~where] = np.nan
    assert np.isfinite(metric(truth, spoilt, where))
    assert metric(truth, spoilt, where) == metric(truth, estimate, where)
    assert metric(truth, spoilt, where) != metric(truth, estimate, full)


def test_a_masked_uqi_is_the_mean_of_what_is_left():
    """A missing column splits the image in two, of 14 and 25 columns, with 4 and 15 windows."""
    truth, estimate, where = pair((1, 21, 40))
    where[:, :, 14] = False
    left = uqi(truth[..., :14], estimate[..., :14], where[..., :14])
    right = uqi(truth[..., 15:], estimate[..., 15:], where[..., 15:])
    expected = (4 * left + 15 * right) / 19
    assert uqi(truth, estimate, where) == pytest.approx(expected)


def test_a_masked_ssim_is_the_mean_of_the_map_where_it_counts():
    truth, estimate, where = pair((1, 21, 40))
    where[:, :, 14] = False
    _, similarity = structural_similarity_index_measure(
        batch(estimate), batch(truth), data_range=1.0, return_full_image=True
    )
    columns = [*range(9), *range(20, 40)]  # centres more than 5 from the missing column
    expected = float(similarity[0, 0][:, columns].mean())
    assert ssim(truth, estimate, where, 1.0) == pytest.approx(expected)


@each_metric
def test_a_band_without_a_window_is_left_out(metric):
    truth, estimate, where = pair()
    two = metric(truth[:2], estimate[:2], where[:2])
    where[2, ::5, ::5] = False
    assert metric(truth, estimate, where) == pytest.approx(two)
    assert np.isnan(metric(truth, estimate, np.zeros_like(where)))


@each_metric
def test_a_nan_that_is_scored_shows(metric):
    truth, estimate, full = pair()
    estimate[1, 9, 9] = np.nan
    assert np.isnan(metric(truth, estimate, full))


@each_metric
@pytest.mark.parametrize("which", ["truth", "estimate", "both"])
def test_zero_bands_leave_the_score_finite(metric, which):
    truth, estimate, full = pair()
    for cube in {"truth": [truth], "estimate": [estimate], "both": [truth, estimate]}[which]:
        cube[1] = 0
    assert np.isfinite(metric(truth, estimate, full))


LEVELS = st.one_of(st.just(0.0), st.floats(1e-3, 1e4))


@given(LEVELS, LEVELS)
def test_flat_images_are_compared_by_brightness(true, guess):
    """By 2 t e / (t^2 + e^2): the rounding of a window's variance is no structure."""
    flat = np.ones((1, 12, 12))
    quality = 2 * true * guess / (true**2 + guess**2) if true or guess else 1
    assert uqi(true * flat, guess * flat, flat.astype(bool)) == pytest.approx(quality)


@given(st.floats(1e-3, 1e4))
def test_no_unit_is_preferred(unit):
    truth, estimate, full = pair((1, 13, 13))
    assert uqi(unit * truth, unit * estimate, full) == pytest.approx(uqi(truth, estimate, full))
    assert ssim(unit * truth, unit * estimate, full, unit) == pytest.approx(
        ssim(truth, estimate, full, 1.0)
    )


@pytest.mark.parametrize("peak", [0.0, -1.0, np.nan])
def test_without_a_range_there_is_no_ssim(peak):
    assert np.isnan(ssim(*pair(), peak))
