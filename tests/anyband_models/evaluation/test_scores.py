import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from anyband_models.evaluation import metrics, similarity
from anyband_models.evaluation.scores import Scores, mean_scores, peak_of, score
from physops.bands import Bands

BANDS = Bands.at([490.0, 560.0, 665.0, 705.0, 842.0])


def case(seed=0):
    """Bands 2 and 4 lost, half of band 2 without truth, noise where removed."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.05, 0.6, (5, 20, 24)).astype(np.float32)
    truth[2, :10] = np.nan
    missing = np.zeros(truth.shape, dtype=bool)
    missing[[2, 4]] = True
    noise = rng.normal(0, 0.02, truth.shape).astype(np.float32)
    estimate = np.where(missing, truth + noise, truth)
    estimate[2, :10] = -3.0  # filled by the model, though nobody knows the truth
    return truth, estimate, missing, np.isfinite(truth)


def test_missing_scores_are_those_of_the_removed_entries_with_truth():
    truth, estimate, missing, valid = case()
    scores = score(truth, estimate, missing, valid, BANDS, 0.6)
    error = (estimate.astype(np.float64) - truth)[missing & valid]
    assert scores.rmse_missing == pytest.approx(np.sqrt(np.mean(error**2)))
    assert scores.psnr_missing == pytest.approx(20 * np.log10(0.6 / scores.rmse_missing))
    by_band = [
        20 * np.log10(0.6 / np.sqrt(np.mean((estimate[b] - truth[b])[valid[b]] ** 2)))
        for b in (2, 4)
    ]
    assert scores.mpsnr_missing == pytest.approx(np.mean(by_band), abs=1e-5)


def test_the_whole_has_the_removed_entries_error_in_all_entries():
    truth, estimate, missing, valid = case()
    scores = score(truth, estimate, missing, valid, BANDS, 0.6)
    share = (missing & valid).sum() / valid.sum()
    assert scores.psnr_whole == pytest.approx(scores.psnr_missing - 10 * np.log10(share))


def test_structure_is_scored_where_entries_were_lost():
    truth, estimate, missing, valid = case()
    scores = score(truth, estimate, missing, valid, BANDS, 0.6)
    lost = truth[[2, 4]], estimate[[2, 4]], valid[[2, 4]]
    assert scores.ssim == similarity.ssim(*lost, 0.6)
    assert scores.uqi == similarity.uqi(*lost)
    assert scores.ergas == metrics.ergas(*lost)
    assert scores.sam == metrics.sam(truth, estimate, valid)  # each pixel lost band 4
    missing[4, :, 12:] = False
    missing[2, :, 12:] = False
    half = score(truth, estimate, missing, valid, BANDS, 0.6)
    assert half.sam == metrics.sam(truth[..., :12], estimate[..., :12], valid[..., :12])


def test_indices_are_scored_where_their_bands_were_lost():
    truth, estimate, missing, valid = case()
    scores = score(truth, estimate, missing, valid, BANDS, 0.6)
    assert 0.9 < scores.ndvi_correlation < 1
    assert 0.9 < scores.ndwi_correlation < 1
    assert 0 < scores.ndvi_rmse < 0.2
    missing[:] = False
    missing[3] = True
    elsewhere = score(truth, estimate, missing, valid, BANDS, 0.6)
    assert elsewhere.ndvi_correlation is None
    assert elsewhere.ndwi_rmse is None


def test_what_has_no_truth_is_not_seen():
    truth, estimate, missing, valid = case()
    once = score(truth, estimate, missing, valid, BANDS, 0.6)
    estimate[~valid] = np.nan
    assert score(truth, estimate, missing, valid, BANDS, 0.6) == once


def test_a_perfect_repair():
    truth, _, missing, valid = case()
    scores = score(truth, truth.copy(), missing, valid, BANDS, 0.6)
    assert scores.psnr_missing == scores.psnr_whole == scores.mpsnr_missing == np.inf
    assert scores.rmse_missing == scores.sam == scores.ergas == scores.ndvi_rmse == 0
    assert [scores.ssim, scores.uqi, scores.ndvi_correlation] == pytest.approx([1, 1, 1])


def test_a_refused_entry_is_not_left_out_in_silence():
    truth, estimate, missing, valid = case()
    estimate[4, 0, 0] = np.nan
    scores = score(truth, estimate, missing, valid, BANDS, 0.6)
    assert scores.psnr_missing is None
    assert scores.sam is None


def test_changed_observed_entries_show_in_the_whole():
    truth, estimate, missing, valid = case()
    honest = score(truth, estimate, missing, valid, BANDS, 0.6)
    estimate[0] += 0.1
    touched = score(truth, estimate, missing, valid, BANDS, 0.6)
    assert touched.psnr_missing == honest.psnr_missing
    assert touched.psnr_whole < honest.psnr_whole


def test_nothing_removed_has_no_score_but_the_whole():
    truth, _, missing, valid = case()
    scores = score(truth, truth.copy(), np.zeros_like(missing), valid, BANDS, 0.6)
    assert scores == Scores(psnr_whole=np.inf)


def test_the_peak_is_the_range_of_what_is_valid():
    truth, _, _, valid = case()
    assert peak_of(truth, valid) == pytest.approx(np.nanmax(truth) - np.nanmin(truth))
    assert np.isnan(peak_of(truth, np.zeros_like(valid)))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9))
def test_the_mean_is_over_those_that_have_a_score(values):
    scores = [Scores(psnr_missing=value, sam=value) for value in values]
    scores += [Scores(), Scores(psnr_missing=np.inf)]
    mean = mean_scores(scores)
    assert mean.psnr_missing == pytest.approx(np.mean(values))
    assert mean.sam == pytest.approx(np.mean(values))
    assert mean.ssim is None


def test_the_mean_of_nothing_and_of_the_perfect():
    assert mean_scores([]) == Scores()
    perfect = Scores(psnr_missing=np.inf)
    assert mean_scores([perfect, perfect]) == perfect


def test_scores_are_frozen_and_leave_as_json():
    scores = Scores(psnr_missing=np.inf, ssim=0.5)
    with pytest.raises(ValidationError, match="frozen"):
        scores.ssim = 1.0
    record = json.loads(scores.model_dump_json())
    assert (record["psnr_missing"], record["ssim"], record["uqi"]) == (None, 0.5, None)
