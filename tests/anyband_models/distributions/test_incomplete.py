import numpy as np
import pytest

from anyband_models.distributions.blend import Belief, Blend, before
from anyband_models.distributions.incomplete import Incomplete, learned
from anyband_models.distributions.normal import Normal

BANDS = 8
NM = np.linspace(450.0, 1000.0, BANDS)


def scene(rng, pixels):
    """Spectra of two scores and a little noise: any band tells much of the others."""
    curves = np.stack([np.ones(BANDS), (NM - 700) / 300, np.sin(NM / 60)])
    scores = rng.standard_normal((pixels, 3)) * [0.08, 0.04, 0.02]
    return 0.4 + (scores @ curves).T + 0.002 * rng.standard_normal((BANDS, pixels))


def truth(rng):
    return Normal.fit(scene(rng, 50_000).T)


def test_of_complete_spectra_one_step_is_the_blends_formula(rng):
    values = scene(rng, 40)
    blend = Blend(NM, values.T, None)
    mean = values.mean(axis=1)
    start = Normal(np.zeros(BANDS), before(NM, mean, Belief(), None))
    found = learned(values, np.ones(values.shape, dtype=bool), start, Belief().strength, steps=1)
    expected = blend.normal(Belief())
    np.testing.assert_allclose(found.mean, expected.mean)
    np.testing.assert_allclose(found.covariance, expected.covariance)


def posterior(normal, start, strength, values, observed):
    """Log density of the observed entries and of the inverse-Wishart belief, but for constants."""
    total = 0.0
    for column, seen in zip(values.T, observed.T, strict=True):
        c = normal.covariance[np.ix_(seen, seen)]
        apart = column[seen] - normal.mean[seen]
        total -= 0.5 * (np.linalg.slogdet(c)[1] + apart @ np.linalg.solve(c, apart))
    total -= 0.5 * strength * np.linalg.slogdet(normal.covariance)[1]
    return total - 0.5 * strength * np.trace(np.linalg.solve(normal.covariance, start.covariance))


def test_no_step_makes_the_spectra_less_likely(rng):
    values = scene(rng, 60)
    observed = rng.random(values.shape) < 0.6
    observed[:2] = True
    start = Normal(np.full(BANDS, 0.3), before(NM, np.full(BANDS, 0.3), Belief(), None))
    steps = [learned(values, observed, start, 30.0, steps=n) for n in range(6)]
    found = [posterior(each, start, 30.0, values, observed) for each in steps]
    assert np.all(np.diff(found) > 0)


def test_from_spectra_with_gaps_the_conditional_is_learned(rng):
    values = scene(rng, 250)
    observed = rng.random(values.shape) < 0.7
    found = Incomplete(NM, np.where(observed, values, np.nan), observed, None).distribution()
    fresh, pattern = scene(rng, 1000), np.arange(BANDS) % 3 != 1
    known, wanted = fresh[pattern], fresh[~pattern]
    ours = found.given(pattern).answer(known)
    best = truth(rng).given(pattern).answer(known)
    errors = [np.sqrt(np.mean((each.mean - wanted) ** 2)) for each in (ours, best)]
    assert 20 * np.log10(errors[0] / errors[1]) < 2.5  # dB
    inside = np.abs(ours.mean - wanted) < 1.6449 * ours.std
    assert inside.mean() > 0.85


def test_what_stands_where_nothing_was_observed_changes_nothing(rng):
    values = scene(rng, 30)
    observed = rng.random(values.shape) < 0.7
    observed[:2] = True
    found = [
        Incomplete(NM, np.where(observed, values, other), observed, None).distribution().normal
        for other in (np.nan, 7.0)
    ]
    np.testing.assert_array_equal(found[0].covariance, found[1].covariance)


def test_a_band_that_few_of_many_pixels_have_is_learned_too(rng):
    values = scene(rng, 3000)
    observed = np.ones(values.shape, dtype=bool)
    rare = rng.permutation(np.arange(3000))[:12]
    observed[3] = False
    observed[3, rare] = True
    observed[5, rng.random(3000) < 0.5] = False
    found = Incomplete(NM, values, observed, None).distribution()
    np.testing.assert_allclose(found.normal.mean, 0.4, atol=0.06)


@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
@pytest.mark.parametrize("pixels", [1, 2, 12])
def test_spectra_that_say_one_thing_give_numbers(rng, level, pixels):
    values = np.full((BANDS, pixels), level)
    observed = rng.random(values.shape) < 0.7
    observed[:2] = observed[:, 0] = True
    found = Incomplete(NM, values, observed, None).distribution()
    mean, std = found.given(np.arange(BANDS) < 5).answer(np.full((5, 1), level))
    assert np.isfinite(std).all()
    np.testing.assert_allclose(mean, level, rtol=1e-6)
