"""How honest standard deviations are told to be."""

import tracemalloc

import numpy as np
import pytest

from anyband_models.evaluation.crps import gaussian_crps
from anyband_models.evaluation.judged import Trial, mean_judged
from anyband_models.evaluation.scores import Scores
from anyband_models.evaluation.uncertainty import Tally

NM = np.array([400.0, 410.0, 440.0, 500.0, 700.0, 1300.0])
SHAPE = (6, 20, 30)


def tally(error, std, removed=None, observed=None):
    """Of a truth that is zero; all bands but the first are removed, unless it is said."""
    everything = np.ones(SHAPE, bool)
    everything[0] = False
    removed = everything if removed is None else removed
    observed = ~removed if observed is None else observed
    mean, std = (np.broadcast_to(np.asarray(x, "f4"), SHAPE).copy() for x in (error, std))
    return Tally.of(np.zeros(SHAPE, "f4"), mean, std, removed, observed, NM)


def test_honest_spread_scores_as_it_should():
    rng = np.random.default_rng(0)
    std = rng.uniform(0.5, 2, (6, 60, 100))
    truth = rng.normal(0, std).astype("f4")
    removed = np.zeros(truth.shape, bool)
    removed[1:] = True
    zero = np.zeros_like(truth)
    found = Tally.of(truth, zero, std.astype("f4"), removed, ~removed, NM).total()
    assert found.entries == 30_000
    assert found.coverage_50 == pytest.approx(0.5, abs=0.01)
    assert found.coverage_90 == pytest.approx(0.9, abs=0.006)
    assert found.spread_skill == pytest.approx(1, abs=0.01)
    assert found.crps == pytest.approx(gaussian_crps(truth, zero, std)[removed].mean(), rel=1e-6)


def test_without_spread_crps_is_the_mean_absolute_error():
    found = tally(0.25, 0.0).total()
    assert (found.crps, found.coverage_50, found.coverage_90) == (0.25, 0, 0)
    assert found.spread_skill == 0


def test_a_perfect_repair_lies_within_any_interval():
    found = tally(0.0, 0.0).total()
    assert (found.crps, found.coverage_50, found.coverage_90) == (0, 1, 1)
    assert found.spread_skill is None
    assert tally(0.0, 1.0).total().spread_skill == np.inf


@pytest.mark.parametrize(
    ("error", "in_50", "in_90"), [(0.67, 1, 1), (0.68, 0, 1), (1.64, 0, 1), (1.65, 0, 0)]
)
def test_the_intervals_are_central(error, in_50, in_90):
    for sign in (1, -1):
        found = tally(2 * sign * error, 2.0).total()
        assert (found.coverage_50, found.coverage_90) == (in_50, in_90)


def test_entries_are_sorted_by_the_distance_to_what_was_observed():
    error = np.array([9, 1, 2, 3, 4, 5], "f4")[:, None, None]
    found = tally(error, 0.0)
    told = [(part.over_nm, part.up_to_nm, part.entries, part.crps) for part in found.by_distance()]
    assert told == [
        (0, 15, 600, 1), (15, 50, 600, 2), (50, 150, 600, 3), (150, 500, 600, 4),
        (500, None, 600, 5),
    ]  # fmt: skip
    bands = [(part.band, part.wavelength_nm, part.crps) for part in found.by_band()]
    assert bands == [(2, 410, 1), (3, 440, 2), (4, 500, 3), (5, 700, 4), (6, 1300, 5)]


def test_each_pixel_has_its_own_distance():
    removed = np.zeros(SHAPE, bool)
    removed[2] = True
    observed = ~removed
    observed[1, :5] = False  # neither removed nor observed: no data
    assert tally(1.0, 1.0, removed, observed).by_distance()[0].entries == 600  # 40 or 30 nm
    observed[0, :5] = False
    parts = tally(1.0, 1.0, removed, observed).by_distance()
    assert [(part.up_to_nm, part.entries) for part in parts] == [(50, 450), (150, 150)]


@pytest.mark.parametrize("where", ["error", "std"])
def test_what_is_not_a_number_has_no_score_and_spoils_none_but_its_own(where):
    values = {"error": np.ones(SHAPE), "std": np.ones(SHAPE)}
    values[where][3, 0, 0] = np.nan
    found = tally(**values)
    total = found.total()
    assert total.entries == 3000
    assert total.crps is total.coverage_50 is total.coverage_90 is total.spread_skill is None
    assert [part.crps is None for part in found.by_band()] == [False, False, True, False, False]
    values[where][3, 0, 0], values[where][0, 0, 0] = 1, np.nan  # not scored
    assert tally(**values).total().coverage_90 == 1


def test_nothing_to_score_has_no_score():
    found = tally(1.0, 1.0, np.zeros(SHAPE, bool))
    assert (found.total().entries, found.total().crps) == (0, None)
    assert found.by_distance() == found.by_band() == ()


def test_the_mean_is_over_masks_and_the_parts_are_over_all_entries():
    removed = np.zeros(SHAPE, bool)
    removed[1] = True
    few = Trial(Scores(rmse_missing=3.0), tally(3.0, 0.0, removed), 1.0)
    many = Trial(Scores(rmse_missing=1.0), tally(1.0, 0.0), 3.0)
    judged = mean_judged([few, many])
    assert (judged.crps, judged.rmse_missing, judged.seconds) == (2, 2, 2)
    assert judged.by_band[0].crps == 2
    assert [part.crps for part in judged.by_band[1:]] == [1, 1, 1, 1]
    assert judged.by_distance[0].entries == 1200


def test_it_takes_less_than_two_more_cubes():
    truth = np.random.default_rng(0).random((100, 40, 40), dtype="f4")
    removed = np.zeros(truth.shape, bool)
    removed[::2] = True
    observed = ~removed
    tracemalloc.start()
    Tally.of(truth, truth, truth, removed, observed, np.linspace(400, 2500, 100))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * truth.nbytes
