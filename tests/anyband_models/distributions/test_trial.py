import numpy as np
import pytest

from anyband_models.distributions.departures import Departures
from anyband_models.distributions.expectation_maximisation import Components
from anyband_models.distributions.hedged import line_weights
from anyband_models.distributions.spectral_prior import Seen
from anyband_models.distributions.trial import USUAL, Trial

BANDS = 60
NM = np.linspace(420.0, 2400.0, BANDS)
OBSERVED = np.arange(BANDS) % 4 != 2
COMPONENTS = Components(
    np.array([0.4, 0.6]),
    np.array([[0.6, 0.0, 0.3], [-0.4, 0.0, -0.2]]),
    np.stack([0.8 * np.eye(3), np.diag([0.7, 1.1, 0.9])]),
)
DEPARTS = Departures(0.03, 400.0, 0.01)


@pytest.fixture
def seen():
    """A prior of three scores, one of which bends more than straight lines can follow."""
    curves = np.stack([np.ones(BANDS), np.sin(NM / 30), np.cos(NM / 300)], axis=1)
    return Seen(np.full(BANDS, 0.4), curves * [0.05, 0.06, 0.05], np.full(BANDS, 1e-6))


def drawn(rng, seen, pixels):
    """Spectra of the prior itself, with departures: (band, pixel)."""
    kind = rng.choice(2, p=COMPONENTS.shares, size=pixels)
    scores = np.stack(
        [rng.multivariate_normal(COMPONENTS.means[k], COMPONENTS.covariances[k]) for k in kind]
    )
    c = DEPARTS.covariance(NM, seen.mean)
    astray = rng.multivariate_normal(np.zeros(BANDS), c, pixels)
    return (seen.mean + scores @ seen.loadings.T + astray).T


def tried(seen, values, observed=OBSERVED):
    return Trial(NM, seen, COMPONENTS, observed, values[observed].T)


def rms(error):
    return np.sqrt(np.mean(error**2))


def test_spectra_of_the_prior_are_left_to_it(rng, seen):
    values = drawn(rng, seen, 300)
    hedged = tried(seen, values).distribution()
    assert hedged.trust > 0.9
    mean, std = hedged.given(OBSERVED).answer(values[OBSERVED])
    wanted = values[~OBSERVED]
    lines = line_weights(NM, OBSERVED) @ values[OBSERVED]
    assert rms(mean - wanted) < 0.5 * rms(lines - wanted)
    inside = np.abs(mean - wanted) < 1.6449 * std
    assert 0.85 < inside.mean() < 0.95


def test_straight_lines_are_left_to_lines(rng, seen):
    """Spectra of straight lines, each band with an error: no library helps, and none harms."""
    start, end = rng.uniform(0.2, 0.6, (2, 200))
    values = start + (end - start) * ((NM - NM[0]) / np.ptp(NM))[:, None]
    values += 0.005 * rng.standard_normal(values.shape)
    mean = tried(seen, values).distribution().given(OBSERVED).answer(values[OBSERVED]).mean
    lines = line_weights(NM, OBSERVED) @ values[OBSERVED]
    error, usual = (rms(each - values[~OBSERVED]) for each in (mean, lines))
    assert 20 * np.log10(error / usual) < 0.2  # dB


@pytest.mark.parametrize("known", [1, 2])
def test_of_two_bands_nothing_can_be_hidden_and_the_usual_stands(rng, seen, known):
    values = drawn(rng, seen, 20)
    observed = np.isin(np.arange(BANDS), [10, 40][:known])
    hedged = tried(seen, values, observed).distribution()
    assert (hedged.trust, hedged.spread) == (1, 1)
    c = USUAL.covariance(NM, tried(seen, values, observed).level)
    expected = c + np.diag(seen.rest) + seen.loadings @ seen.loadings.T
    np.testing.assert_allclose(hedged.normal.covariance, expected)
    mean, std = hedged.given(observed).answer(values[observed])
    assert np.isfinite(mean).all()
    assert np.isfinite(std).all()


def test_among_few_bands_lines_get_no_say_and_trials_are_independent_as_gaps_fit(rng, seen):
    values = drawn(rng, seen, 50)
    observed = np.arange(BANDS) % 6 == 0
    trial = tried(seen, values, observed)
    assert trial.distribution().trust == 1
    # Ten gaps, the last one at the end; nine widths between the outermost observed bands.
    assert 9 <= trial.independent <= 10


def test_the_level_is_that_of_the_scene_and_of_lines_between(rng, seen):
    values = drawn(rng, seen, 10)
    level = tried(seen, values).level
    mean = np.abs(values[OBSERVED].mean(axis=1))
    np.testing.assert_allclose(level[OBSERVED], mean)
    np.testing.assert_allclose(level[~OBSERVED], np.interp(NM[~OBSERVED], NM[OBSERVED], mean))


@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30, -1.0])
@pytest.mark.parametrize("pixels", [1, 30])
def test_spectra_that_say_one_thing_give_numbers(seen, level, pixels):
    values = np.full((BANDS, pixels), level)
    found = tried(seen, values).distribution()
    mean, std = found.given(OBSERVED).answer(values[OBSERVED])
    assert np.isfinite(mean).all()
    assert np.all((std > 0) & np.isfinite(std))
    assert 0 <= found.trust <= 1
