import numpy as np
import pytest

from anyband_models.distributions.normal import Normal
from anyband_models.models import mending
from anyband_models.models.conditional import condition, servable
from anyband_models.models.contract import Observation
from anyband_models.models.draft import Draft
from anyband_models.models.mending import mend
from anyband_models.models.support import gather
from physops.bands import Bands

SIDE = 24
BANDS = Bands.at(np.linspace(400, 900, 5))
LACKING = np.array([False, False, False, True, True])


def bent(rng, rows=SIDE, cols=SIDE, noise=0.01):
    """Two bands that bend with the three others, as no normal distribution can."""
    a, b = rng.uniform(-1, 1, (2, rows, cols))
    cube = np.stack([a, b, a - b, a * b, np.abs(a) - 0.3 * b])
    return (cube + noise * rng.standard_normal(cube.shape)).astype(np.float32)


def blurred(rng, rows=SIDE, cols=SIDE):
    """Two bands that see what is around a pixel, beside three that do not."""
    known = rng.standard_normal((3, rows + 2, cols + 2))
    shifts = [(y, x) for y in range(3) for x in range(3)]
    around = np.mean([known[:2, y : y + rows, x : x + cols] for y, x in shifts], axis=0)
    return np.concatenate([known[:, 1:-1, 1:-1], around]).astype(np.float32)


def filled(truth, mask, support=None, samples=0, shape=None):
    """The draft of a scene before and after it is mended."""
    values = np.where(mask, truth, np.float32(np.nan))
    observation = Observation(values, mask, BANDS, support, support_shape=shape)
    learned = gather(observation, 8, 50_000)
    normal = Normal.fit(learned.spectra)
    drafts = []
    for after in (False, True):
        draft = Draft(observation, samples)
        served = servable(draft.missing(), draft.observed, learned)
        distribution = condition(draft, served, learned, lambda pattern, spectra: normal, seed=1)
        if after:
            mend(draft, learned, distribution)
        drafts.append(draft)
    return drafts


def right_half_lacks_two(truth):
    mask = np.ones(truth.shape, dtype=bool)
    mask[LACKING, :, truth.shape[2] // 2 :] = False
    return mask


def errors(drafts, truth):
    where = ~drafts[0].observed
    return [float(np.sqrt(np.mean((d.mean - truth.reshape(5, -1))[where] ** 2))) for d in drafts]


def spectra(cube):
    return np.ascontiguousarray(cube.reshape(5, -1).T)


def test_where_spectra_bend_it_is_better_by_far_and_knows_it(rng):
    truth = bent(rng)
    drafts = filled(truth, right_half_lacks_two(truth))
    before, after = errors(drafts, truth)
    assert after < 0.35 * before
    where = ~drafts[1].observed
    inside = np.abs(drafts[1].mean - truth.reshape(5, -1))[where] < 1.6449 * drafts[1].std[where]
    assert 0.85 < inside.mean() < 0.97


@pytest.mark.parametrize("outside", [False, True])
def test_neighbours_are_heard_in_the_scene_and_in_a_support_that_is_an_image(rng, outside):
    truth, other = blurred(rng), blurred(rng)
    mask = right_half_lacks_two(truth)
    if outside:
        mask[LACKING] = False
        before, after = errors(filled(truth, mask, spectra(other), shape=(SIDE, SIDE)), truth)
        heap = errors(filled(truth, mask, spectra(other)), truth)[1]
        assert after < 0.8 * heap
    else:
        before, after = errors(filled(truth, mask), truth)
    assert after < 0.8 * before


def test_samples_keep_their_place_in_a_narrower_spread(rng):
    truth = bent(rng)
    before, after = filled(truth, right_half_lacks_two(truth), samples=3)
    where = ~before.observed
    for one, other in zip(before.samples, after.samples, strict=True):
        np.testing.assert_allclose(
            (other - after.mean)[where] / after.std[where],
            (one - before.mean)[where] / before.std[where],
            atol=1e-3,
        )
    assert (after.std[where] <= before.std[where]).all()


def test_rare_patterns_few_spectra_and_noise_are_left_alone(rng):
    truth = bent(rng)
    rare = rng.random(truth.shape) > 0.5  # each pattern has about one pixel in 31
    rare[:, :, : SIDE // 2] = True
    none = np.zeros(truth.shape, dtype=bool)
    none[~LACKING] = True
    few = spectra(bent(rng))[:29]
    straight = rng.multivariate_normal(np.zeros(5), np.eye(5) + 1, SIDE * SIDE)
    straight = straight.T.reshape(5, SIDE, SIDE).astype(np.float32)
    half = right_half_lacks_two(straight)
    for drafts in (filled(truth, rare), filled(truth, none, few), filled(straight, half)):
        np.testing.assert_array_equal(drafts[0].mean, drafts[1].mean)
        np.testing.assert_array_equal(drafts[0].std, drafts[1].std)


def test_a_common_pattern_is_mended_beside_rare_ones(rng):
    truth = bent(rng)
    mask = right_half_lacks_two(truth)
    mask[0, 3, SIDE - 1] = False
    before, after = filled(truth, mask)
    lone = 3 * SIDE + SIDE - 1
    np.testing.assert_array_equal(before.mean[:, lone], after.mean[:, lone])
    assert (before.mean[3:, lone - 1] != after.mean[3:, lone - 1]).all()


@pytest.mark.parametrize("level", [0.0, 1e-30, 1e30])
def test_numbers_stay_numbers(rng, level):
    truth = bent(rng) * np.float32(level)
    mask = right_half_lacks_two(truth)
    after = filled(truth, mask, samples=1)[1]
    assert np.isfinite(after.mean).all()
    assert np.isfinite(after.std).all()
    assert np.isfinite(after.samples).all()


def test_copies_of_a_spectrum_do_not_tell_it(rng):
    noise = rng.multivariate_normal(np.zeros(5), np.eye(5) + 1, SIDE * SIDE // 2)
    once = noise.T.reshape(5, SIDE, SIDE // 2).astype(np.float32)
    twice = np.repeat(once, 2, axis=2)
    before, after = filled(twice, right_half_lacks_two(twice))
    np.testing.assert_array_equal(before.mean, after.mean)
    np.testing.assert_array_equal(before.std, after.std)


def test_pixels_without_data_do_not_make_a_pattern_rare(rng):
    truth = np.concatenate([bent(rng), np.zeros((5, SIDE, 20 * SIDE), np.float32)], axis=2)
    mask = np.ones(truth.shape, dtype=bool)
    mask[LACKING, :, SIDE - 3 :] = False
    mask[:, :, SIDE:] = False
    before, after = filled(truth, mask)
    lacking = before.observed.any(axis=0) & ~before.observed.all(axis=0)
    assert (before.mean[3:, lacking] != after.mean[3:, lacking]).all()
    assert np.isnan(after.mean[:, ~before.observed.any(axis=0)]).all()


def test_a_pattern_of_few_pixels_in_a_complete_scene_is_mended(rng):
    truth = bent(rng)
    mask = np.ones(truth.shape, dtype=bool)
    mask[LACKING, :, -1] = False
    before, after = filled(truth, mask)
    assert errors((before, after), truth)[1] < 0.5 * errors((before, after), truth)[0]


def test_a_band_that_nobody_has_leaves_the_others_where_they_are(rng):
    truth = blurred(rng)
    _, plain = filled(truth, right_half_lacks_two(truth))
    wider = np.concatenate([np.full((1, SIDE, SIDE), np.nan, np.float32), truth])
    mask = np.concatenate([np.zeros((1, SIDE, SIDE), dtype=bool), right_half_lacks_two(truth)])
    observation = Observation(wider, mask, Bands.at(np.linspace(300, 900, 6)))
    learned = gather(observation, 8, 50_000)
    np.testing.assert_array_equal(learned.bands, np.arange(1, 6))
    normal, draft = Normal.fit(learned.spectra), Draft(observation, 0)
    served = servable(draft.missing(), draft.observed, learned)
    mend(draft, learned, condition(draft, served, learned, lambda *_: normal, seed=1))
    np.testing.assert_allclose(draft.mean[1:], plain.mean, atol=1e-6)


def test_pieces_are_mended_like_the_whole(rng, monkeypatch):
    truth = blurred(rng)
    _, whole = filled(truth, right_half_lacks_two(truth))
    monkeypatch.setattr(mending, "BLOCK_PIXELS", 7)
    _, pieces = filled(truth, right_half_lacks_two(truth))
    np.testing.assert_allclose(pieces.mean, whole.mean, atol=1e-6)


def test_of_many_spectra_some_are_learned_from_where_they_are(rng, monkeypatch):
    truth = blurred(rng)
    mask = right_half_lacks_two(truth)
    before, whole = filled(truth, mask)
    monkeypatch.setattr(mending, "MOST", SIDE * SIDE // 4)
    _, part = filled(truth, mask)
    first, all_of_them = errors((before, part), truth), errors((before, whole), truth)
    assert all_of_them[1] < first[1] < 0.85 * first[0]


def held(draft, truth, where):
    off = np.abs(draft.mean.reshape(truth.shape) - truth)
    return float(np.mean((off < 1.6449 * draft.std.reshape(truth.shape))[where]))


@pytest.mark.parametrize("where", ["alternate lines", "mosaic", "strip"])
def test_pixels_without_neighbours_are_not_told_by_them(rng, where):
    truth, support, shape = blurred(rng), None, None
    mask = np.ones(truth.shape, dtype=bool)
    rows, cols = np.indices((SIDE, SIDE))
    right = cols >= SIDE // 2
    match where:
        case "alternate lines":
            lacking = right & (rows % 2 == 0)
        case "mosaic":
            lacking = right & (rows % 2 == 0) & (cols % 2 == 0)
        case _:
            support, shape = spectra(blurred(rng)), (SIDE, SIDE)
            truth, lacking, right = truth[:, :1], np.ones((1, SIDE), bool), np.ones((1, SIDE), bool)
            mask = mask[:, :1]
    mask[np.ix_(LACKING)] &= ~lacking
    mask[0] &= ~(right & ~lacking)
    before, after = filled(truth, mask, support, shape=shape)
    gone = np.zeros(truth.shape, dtype=bool)
    gone[LACKING] = lacking
    off = [
        np.sqrt(np.mean((d.mean.reshape(truth.shape) - truth)[gone] ** 2)) for d in (before, after)
    ]
    assert off[1] < 1.05 * off[0]
    assert held(after, truth, gone) > 0.8
