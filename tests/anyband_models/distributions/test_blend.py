import numpy as np
import pytest

from anyband_models.distributions import blend as blend_module
from anyband_models.distributions.blend import MANY, NARROWEST, Belief, Blend, before
from anyband_models.distributions.departures import Departures
from anyband_models.distributions.spectral_prior import Seen

BANDS = 8
NM = np.linspace(450.0, 2300.0, BANDS)
MISSING = np.isin(np.arange(BANDS), [2, 5])


@pytest.fixture
def seen(rng):
    """A prior of two scores."""
    curves = np.stack([np.ones(BANDS), np.sin(NM / 400)], axis=1)
    return Seen(np.full(BANDS, 0.3), 0.1 * curves, np.full(BANDS, 1e-4))


def spectra(rng, seen, count):
    scores = rng.standard_normal((count, 2))
    return seen.mean + scores @ seen.loadings.T + 0.01 * rng.standard_normal((count, BANDS))


def test_what_is_believed_is_departures_and_a_share_of_the_library(seen):
    belief = Belief(Departures(0.1, 300.0, 0.02), 0.5, 10.0)
    level = np.linspace(0.1, 0.4, BANDS)
    library = seen.loadings @ seen.loadings.T + np.diag(seen.rest)
    departures = belief.departures.covariance(NM, level)
    np.testing.assert_allclose(before(NM, level, belief, seen), departures + 0.5 * library)
    np.testing.assert_array_equal(before(NM, level, belief, None), departures)


@pytest.mark.parametrize("library", [True, False])
def test_weak_beliefs_leave_the_spectra_and_strong_ones_the_belief(rng, seen, library):
    some = spectra(rng, seen, 30)
    blend = Blend(NM, some, seen if library else None)
    weak, usual, strong = (blend.normal(Belief(strength=s)) for s in (1e-9, 30.0, 1e9))
    sample = np.cov(some.T, bias=True)
    believed = before(NM, np.abs(some.mean(axis=0)), Belief(), seen if library else None)
    np.testing.assert_allclose(weak.mean, some.mean(axis=0))
    np.testing.assert_allclose(weak.covariance, sample, atol=1e-10)
    np.testing.assert_allclose(strong.covariance, believed, atol=1e-9)
    # As many spectra as the belief counts for: half of each.
    np.testing.assert_allclose(usual.covariance, (sample + believed) / 2)


def predicted(blend, belief):
    """Mean square error of each part's missing bands, from the others: 4 parts, or 2 of many.

    A part is a run of the spectra, as they lie side by side in the scene.
    """
    folds = 2 if len(blend.spectra) >= MANY else 4
    part, errors = np.arange(len(blend.spectra)) * folds // len(blend.spectra), []
    for number in range(folds):
        normal = Blend(NM, blend.spectra[part != number], blend.seen).normal(belief)
        judged = blend.spectra[part == number]
        said = normal.given(~MISSING).answer(judged[:, ~MISSING].T)
        errors.append(np.mean((said.mean - judged[:, MISSING].T) ** 2))
    return np.mean(errors)


@pytest.mark.parametrize("library", [True, False])
@pytest.mark.parametrize("count", [8, 31, 200])
def test_what_is_chosen_predicts_better_than_the_usual(rng, seen, library, count):
    blend = Blend(NM, spectra(rng, seen, count), seen if library else None)
    chosen = blend.chosen(MISSING)
    np.testing.assert_allclose(chosen.error, predicted(blend, chosen.belief))
    assert chosen.error <= predicted(blend, Belief()) * (1 + 1e-12)
    assert chosen.spread.shape == (BANDS,)
    assert (chosen.spread > NARROWEST**2).all()


def test_many_spectra_are_believed_and_few_from_a_known_library_are_not(rng, seen):
    odd = rng.standard_normal((BANDS, BANDS))
    many = Blend(NM, 1 + 0.1 * rng.standard_normal((600, BANDS)) @ odd, seen)
    few = Blend(NM, spectra(rng, seen, 8), seen)
    odd_ones, known = (blend.chosen(MISSING).belief for blend in (many, few))
    # In so many spectra's worth of the library's covariance.
    assert odd_ones.strength * odd_ones.share < known.strength * known.share


def test_intervals_of_fresh_spectra_hold_nine_tenths(rng, seen):
    held = []
    for _ in range(10):
        blend = Blend(NM, spectra(rng, seen, 60), seen)
        belief, spread, _ = blend.chosen(MISSING)
        fresh = spectra(rng, seen, 4000).T
        mean, std = blend.normal(belief).given(~MISSING).answer(fresh[~MISSING])
        std *= spread[MISSING, np.newaxis]
        held.append(np.mean(np.abs(mean - fresh[MISSING]) < 1.6449 * std))
    assert 0.88 < np.mean(held) < 0.97


def fold_scores(values, seen):
    """Errors of each quarter of some spectra, predicted from the rest, in standard deviations."""
    found = []
    for judged in np.split(values, 4):
        rest = np.array([each for each in values if not (each == judged).all(axis=1).any()])
        normal = Blend(NM, rest, seen).normal(blend_module.Belief())
        said = normal.given(~MISSING).answer(judged[:, ~MISSING].T)
        found.append(np.abs(said.mean - judged[:, MISSING].T) / said.std)
    return np.concatenate(found, axis=1)


@pytest.fixture
def only(monkeypatch):
    """Return what leaves one belief alone to be chosen."""

    def leave(belief):
        for name in ("STRENGTHS", "SHARES", "DEPARTURES"):
            monkeypatch.setattr(blend_module, name, ())
        monkeypatch.setattr(blend_module, "Belief", lambda: belief)

    return leave


def test_a_belief_that_is_too_wide_is_narrowed_as_far_as_it_is_one(rng, seen, only):
    only(Belief(Departures(1.0, 100.0, 0.3), 1.0, 30.0))
    few, more, many = (
        Blend(NM, spectra(rng, seen, count), seen).chosen(MISSING).spread.mean()
        for count in (8, 40, 900)
    )
    assert more < few < 1  # of which a few say too little
    assert more < many
    assert 0.95 < many <= 1


def test_bands_that_a_belief_has_wrong_are_widened_and_others_narrowed(rng, seen, only):
    only(Belief(Departures(0.03, 100.0, 0.01), 1.0, 100.0))
    third, sixth = np.flatnonzero(MISSING)
    odd = spectra(rng, seen, 60)
    odd[:, third] += 0.05 * rng.standard_normal(60)  # of which the others know nothing
    usual, spread = (
        Blend(NM, values, seen).chosen(MISSING).spread for values in (spectra(rng, seen, 60), odd)
    )
    nine_tenths = blend_module.spread_of([fold_scores(odd, seen) / spread[MISSING, np.newaxis]], 60)
    assert nine_tenths == pytest.approx(1)
    assert usual[third] == pytest.approx(usual[sixth], rel=0.15)
    assert spread[third] > 1.2 * spread[sixth]


@pytest.mark.parametrize("library", [True, False])
@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_spectra_that_say_one_thing_give_numbers(seen, library, level, count):
    blend = Blend(NM, np.full((count, BANDS), level), seen if library else None)
    belief, spread, _ = blend.chosen(MISSING)
    mean, std = blend.normal(belief).given(~MISSING).answer(np.full((BANDS - 2, 1), level))
    assert np.isfinite(spread).all()
    assert (spread > 0).all()
    assert np.isfinite(std).all()
    np.testing.assert_allclose(mean, level, rtol=1e-9)


def test_a_spectrum_over_and_over_is_predicted(rng, seen):
    one = spectra(rng, seen, 1)
    for library in (seen, None):
        blend = Blend(NM, np.repeat(one, 50, axis=0), library)
        belief, spread, _ = blend.chosen(MISSING)
        mean, _ = blend.normal(belief).given(~MISSING).answer(one[:, ~MISSING].T)
        np.testing.assert_allclose(mean, one[:, MISSING].T, rtol=1e-9)
        assert 0.3 <= spread.min() == spread.max() < 1
