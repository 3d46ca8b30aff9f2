from dataclasses import replace

import numpy as np
import pytest

from anyband_models.models.contract import Origin
from anyband_models.report.maps import make_maps, mean_over_bands


def test_missing_is_the_share_of_bands_that_were_not_observed(make_content):
    content = make_content((12, 9, 9))
    missing = make_maps(content).missing
    assert np.isnan(missing[0, 0])  # no data at all
    assert missing[5, 0] == pytest.approx(1 / 12)
    assert missing[8, 8] == pytest.approx(4 / 12)


def test_spread_and_error_speak_of_repaired_entries_only(make_content):
    content = make_content()
    maps = make_maps(content)
    repaired = content.reconstruction.repaired
    expected = np.where(repaired, content.reconstruction.std, np.nan)
    known = repaired.any(axis=0)
    np.testing.assert_allclose(maps.spread[known], np.nanmean(expected[:, known], axis=0))
    np.testing.assert_allclose(maps.error[known], 0.01, rtol=1e-4)  # as the fixture has it
    assert np.isnan(maps.spread[~known]).all()
    assert np.isnan(maps.error[~known]).all()


def test_error_is_the_root_of_the_mean_square(make_content):
    content = make_content((4, 1, 3))
    provenance = np.zeros((4, 1, 3), dtype=np.uint8)
    provenance[:2] = Origin.REPAIRED_BAND
    mean, truth = np.zeros((2, 4, 1, 3), dtype=np.float32)
    mean[:, 0, 0] = 3, 4, 100, 100
    truth[1, 0, 1] = np.nan
    result = replace(content.reconstruction, provenance=provenance, mean=mean)
    error = make_maps(replace(content, reconstruction=result, truth=truth)).error
    assert error[0] == pytest.approx([np.sqrt(12.5), 0, 0])


def test_no_truth_no_error(make_content):
    assert make_maps(make_content(with_truth=False)).error is None


def test_mean_over_bands_skips_what_is_not_finite():
    planes = np.array([[[1.0, np.nan, np.nan]], [[3.0, 5.0, np.inf]]])
    np.testing.assert_array_equal(mean_over_bands(planes, (1, 3)), [[2.0, 5.0, np.nan]])
