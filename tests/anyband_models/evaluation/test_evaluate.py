"""How a model is judged."""

import numpy as np
import pytest

from anyband_models.errors import InputError, QualityError, UnknownModelError, UsageError
from anyband_models.evaluation.evaluate import Evaluation, Record, Region, evaluate
from anyband_models.evaluation.judged import Judged
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


def scene_of(stored, **changes):
    bands = len(stored)
    meta = {"path": "x", "scale": (1.0,) * bands, "offset": (0.0,) * bands}
    return make_scene(
        stored,
        SceneMeta(**(meta | {"dtype": stored.dtype.str} | changes)),
        450 + 25.0 * np.arange(bands),
    )


@pytest.fixture(scope="module")
def scene():
    """Mixtures of three materials with a little noise: what a Gaussian knows better than a line."""
    rng = np.random.default_rng(0)
    bands = np.linspace(0, 1, 16)[:, None, None]
    shares = rng.dirichlet([1, 1, 1], size=(12, 21)).transpose(2, 0, 1)
    curves = [np.exp(-(((bands - c) / 0.2) ** 2)) for c in (0.2, 0.5, 0.8)]
    cube = 0.2 + sum(curve * share for curve, share in zip(curves, shares, strict=True))
    return scene_of((cube + rng.normal(0, 0.002, cube.shape)).astype("<f4"))


def numbers(judged):
    return judged.model_dump(exclude={"seconds", "linear", "family"})


def test_the_left_half_is_learned_from_and_the_right_half_judged(scene):
    region = Region(scene, "left")
    assert region.truth.shape == (16, 12, 11)
    assert region.support.shape == (12 * 10, 16)
    np.testing.assert_array_equal(region.truth, scene.values[:, :, 10:])
    left = scene.values[:, :, :10].transpose(1, 2, 0).reshape(-1, 16)
    np.testing.assert_array_equal(region.support, left)
    assert region.peak == pytest.approx(np.ptp(scene.values))
    assert region.support_shape == (12, 10)
    shown = region.observation(region.truth, region.valid)
    assert shown.support is region.support
    assert shown.support_shape == (12, 10)
    assert Region(scene, "none").support is None
    assert Region(scene, "none").support_shape is None


def test_support_pays_for_a_model_that_learns(scene):
    record = evaluate("gaussian", scene, ["random-30"], seeds=2).records[0]
    assert record.psnr_missing > record.linear.psnr_missing + 10


def test_without_support_a_gaussian_is_a_line_where_whole_bands_are_missing(scene):
    record = evaluate("gaussian", scene, ["random-30", "gap-20"], seeds=2, fit="none").records
    for one in record:
        assert numbers(one) == numbers(one.linear)


def test_a_mask_that_no_seed_changes_is_judged_once(scene):
    family = ["without-500-600"]
    one, three = (evaluate("linear", scene, family, seeds=seeds).records[0] for seeds in (1, 3))
    assert numbers(one) == numbers(three)
    assert [len(Region(scene, "none").masks(name, 3)) for name in (*family, "k5")] == [1, 3]


def test_linear_beside_it_is_linear_judged_itself(scene):
    beside = evaluate("gaussian", scene, ["k5", "pixel-20"], seeds=2)
    itself = evaluate("linear", scene, ["k5", "pixel-20"], seeds=2)
    for one, other in zip(beside.records, itself.records, strict=True):
        assert numbers(one.linear) == numbers(other) == numbers(other.linear)


def test_the_same_seeds_give_the_same_numbers(scene):
    first, second = (evaluate("gaussian", scene, ["stripes-20"], seeds=2) for _ in range(2))
    assert numbers(first.records[0]) == numbers(second.records[0])


def test_more_seeds_give_the_mean(scene):
    one, two = (evaluate("linear", scene, ["random-30"], seeds=n).records[0] for n in (1, 2))
    assert one.rmse_missing != two.rmse_missing
    assert two.family == "random-30"


def test_what_the_scene_itself_lacks_is_never_scored(scene):
    stored = scene.stored.copy()
    stored[3, :, 15:] = -9999
    stored[:, 4, 12] = np.nan
    record = evaluate("linear", scene_of(stored), ["random-30"], seeds=2).records[0]
    assert record.psnr_missing > 10
    assert Region(scene_of(stored), "left").peak < 2


def test_wrong_names_are_answered_before_any_work(scene, monkeypatch):
    monkeypatch.setattr(Region, "__init__", lambda *_: pytest.fail("work was done"))
    with pytest.raises(UsageError, match="'randm-50' is not a family"):
        evaluate("linear", scene, ["random-50", "randm-50"])
    with pytest.raises(UnknownModelError, match="did you mean"):
        evaluate("liner", scene, ["random-50"])


def test_a_scene_that_cannot_be_halved():
    with pytest.raises(InputError, match="single column"):
        evaluate("linear", scene_of(np.ones((4, 3, 1), "<f4")), ["random-50"])


def test_a_right_half_without_truth():
    stored = np.ones((4, 3, 4), "<f4")
    stored[:, :, 2:] = np.nan
    with pytest.raises(InputError, match="right half of the scene holds no sound value"):
        evaluate("linear", scene_of(stored), ["random-50"])


def judged(decibels):
    return Judged(psnr_missing=decibels, seconds=0)


@pytest.mark.parametrize(
    ("ours", "linear", "gate", "fails"),
    [
        (30.0, 30.0, 0.0, False),
        (29.5, 30.0, 0.0, True),
        (29.5, 30.0, 1.0, False),
        (-5.0, 0.0, 1.0, True),
        (None, 30.0, 1.0, True),
        (None, None, 1.0, False),
        (20.0, None, 1.0, False),
        (float("inf"), float("inf"), 0.0, False),
        (30.0, float("inf"), 1.0, True),
    ],
)
def test_the_gate(ours, linear, gate, fails):
    record = Record(family="k5", **judged(ours).model_dump(), linear=judged(linear))
    result = Evaluation(
        model="m", scene="s", fit="left", seeds=1, peak=1, quantity="dn", records=(record,)
    )
    if fails:
        with pytest.raises(QualityError, match=r"m is more than .* dB below linear in k5 \("):
            result.gate(gate)
    else:
        assert result.gate(gate) is None


def test_the_spread_is_judged_with_the_errors(scene):
    record = evaluate("gaussian", scene, ["random-30"], seeds=2).records[0]
    for one in (record, record.linear):
        assert 0 < one.crps < one.rmse_missing
        assert 0 < one.coverage_50 < one.coverage_90 <= 1
        assert sum(part.entries for part in one.by_band) == 2 * 5 * 12 * 11
        assert [part.over_nm for part in one.by_distance] == [15, 50][: len(one.by_distance)]
    assert record.crps < record.linear.crps / 2
