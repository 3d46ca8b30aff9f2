import numpy as np
import pytest

from anyband_models.distributions.nine_tenths import HALF_WIDTH_90, spread_of


def test_normal_errors_have_a_spread_of_one(rng):
    scores = np.abs(rng.standard_normal((2, 50_000)))
    assert spread_of(list(scores)) == pytest.approx(1, abs=0.02)
    assert spread_of([3 * scores]) == pytest.approx(3 * spread_of([scores]))


@pytest.mark.parametrize("count", [9, 19, 60])
def test_the_next_error_is_within_nine_times_in_ten_however_few_there_are(rng, count):
    few, following = np.abs(rng.standard_normal((20_000, count))), rng.standard_normal(20_000)
    reached = np.array([spread_of([each], independent=count) for each in few]) * HALF_WIDTH_90
    assert np.mean(np.abs(following) < reached) == pytest.approx(0.9, abs=0.01)
    taken_for_all = np.array([spread_of([each]) for each in few]) * HALF_WIDTH_90
    assert np.mean(np.abs(following) < taken_for_all) < np.mean(np.abs(following) < reached)


def test_of_one_error_the_width_is_that_error():
    assert spread_of([np.array([2.0])], independent=1) == pytest.approx(2 / HALF_WIDTH_90)
