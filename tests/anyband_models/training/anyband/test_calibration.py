"""How wide a standard deviation has to be."""

import numpy as np
import pytest

from anyband_models.diffusion.any_bands import EDGES_NM, KINDS
from anyband_models.training.anyband.calibration import FEWEST, coverage, factor, factors
from anyband_models.training.anyband.validation import Judged


def judged(kind, scale, count, near=0, seed=0, family="pixel"):
    """Errors of a normal distribution."""
    drawn = np.random.default_rng(seed).normal(0, scale, count)
    errors = np.abs(drawn).astype(np.float32)
    return Judged(family, kind, 0.0, errors, np.full(count, near, dtype=np.uint8))


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.5])
def test_of_normal_errors_it_is_their_standard_deviation(scale):
    assert factor(judged("prior", scale, 200_000).errors) == pytest.approx(scale, rel=0.01)


def test_the_rank_is_rounded_up_and_no_error_is_made_up():
    errors = np.arange(1, 20, dtype=np.float32)  # ceil(0.9 x 20) = 18
    assert factor(errors[::-1].copy()) == pytest.approx(18 / 1.645)
    assert factor(errors[:3]) == pytest.approx(3 / 1.645)


def test_what_is_clipped_beyond_the_quantile_changes_nothing():
    errors = judged("prior", 4.0, 50_000).errors
    assert factor(errors.clip(max=8)) == pytest.approx(factor(errors))


def test_each_kind_and_distance_has_its_own_factor_if_it_has_enough_errors():
    few = FEWEST - 1
    found = [
        judged("complete", 0.5, 20_000, 0), judged("complete", 2.0, 20_000, 3),
        judged("complete", 9.0, few, 1), judged("parts", 9.0, few, 0),
    ]  # fmt: skip
    table = factors(found)
    complete, parts, prior = (table[KINDS.index(k)] for k in ("complete", "parts", "prior"))
    assert table.shape == (3, len(EDGES_NM) + 1)
    assert complete[0] == pytest.approx(0.5, rel=0.05)
    assert complete[3] == pytest.approx(2.0, rel=0.05)
    of_kind = factor(np.concatenate([one.errors for one in found[:3]]))
    np.testing.assert_allclose(complete[[1, 2, 4]], of_kind)
    of_all = factor(np.concatenate([one.errors for one in found]))
    np.testing.assert_allclose([*parts, *prior], of_all)


def test_nothing_held_out_changes_nothing():
    assert (factors([]) == 1).all()
    assert coverage([]) == {}


def test_ninety_percent_of_others_errors_are_held():
    found = [judged("prior", 3.0, 5000, seed=seed, family="gap") for seed in range(6)]
    found += [judged("complete", 0.2, 5000, seed=seed) for seed in range(6, 12)]
    held = coverage(found)
    assert set(held) == {"all", "gap/prior", "pixel/complete"}
    assert all(share == pytest.approx(0.9, abs=0.01) for share in held.values())


def test_coverage_is_told_of_errors_that_nothing_was_learned_from():
    """The one half is twice as wrong: its factors hold more of the other, and the other way."""
    wide, narrow = judged("prior", 2.0, 50_000, seed=1), judged("prior", 1.0, 50_000, seed=2)
    # P(|x| < 3.29) = 0.9990 and P(|x| < 0.8224) = 0.5891
    assert coverage([wide, narrow])["all"] == pytest.approx((0.9990 + 0.5891) / 2, abs=0.005)
