import numpy as np
import pytest

from anyband_models.distributions.normal import Normal
from anyband_models.models.contract import Observation
from anyband_models.models.draft import Draft
from anyband_models.models.prior import Filled
from anyband_models.models.standardised import FEWEST_PAIRS, MOST, Standardised, likeness
from physops.bands import Bands

BANDS, ROWS, COLS = 4, 5, 6


@pytest.fixture
def image(rng):
    """Mean 2 and deviation 0.5 where band 1 is missing; the first pixel has no data."""
    values = 1 + 0.1 * rng.standard_normal((BANDS, ROWS, COLS)).astype(np.float32)
    mask = np.ones(values.shape, dtype=bool)
    mask[1] = False
    mask[:, 0, 0] = False
    bands = Bands.at(np.linspace(500, 800, BANDS))
    draft = Draft(Observation(values, mask, bands), 0)
    served = draft.missing()
    draft.mean[served], draft.std[served] = 2.0, 0.5
    normal = Normal(np.ones(BANDS), 0.01 * np.eye(BANDS))
    return Standardised.of(draft, Filled(served, np.arange(BANDS), normal, "prior")), values, mask


def test_surprise_is_in_deviations_of_what_was_observed(image):
    found, values, mask = image
    # The bands have nothing to say of one another.
    np.testing.assert_allclose(found.surprise[mask], (values[mask] - 1) / 0.1, rtol=1e-4)
    assert not found.surprise[~mask].any()


def test_images_as_distances_and_no_farther_than_can_be_shown(image):
    found, values, _ = image
    apart = found.latent(np.full(values.shape, 2.75))
    np.testing.assert_allclose(apart[found.wanted], 1.5)
    assert not apart[~found.wanted].any()
    assert found.latent(np.full(values.shape, 1e6)).max() == MOST
    assert not found.latent(np.full(values.shape, np.nan)).any()


def test_what_is_shown_are_numbers(image):
    found, _, mask = image
    channels = found.channels()
    assert channels.shape == (6, BANDS, ROWS, COLS)
    assert channels.dtype == np.float32
    assert np.isfinite(channels).all()
    np.testing.assert_array_equal(channels[1], mask)
    np.testing.assert_allclose(channels[2, 1, 1, 1], 2 / found.level)
    np.testing.assert_allclose(
        channels[3, 1, 1, 1], 0.5 * np.log10(0.5 / found.level) + 1, rtol=1e-5
    )
    assert not channels[3][mask].any()


def test_other_units_are_shown_alike(rng):
    bands = Bands.at(np.linspace(500, 800, BANDS))
    values = (1 + 0.1 * rng.standard_normal((BANDS, ROWS, COLS))).astype(np.float32)
    mask = np.broadcast_to(np.arange(BANDS)[:, None, None] != 1, values.shape).copy()
    shown = []
    for factor in (1.0, 1e-20, 1e20):
        draft = Draft(Observation(np.float32(factor) * values, mask, bands), 0)
        served = draft.missing()
        draft.mean[served], draft.std[served] = 2 * factor, 0.5 * factor
        normal = Normal(factor * np.ones(BANDS), 0.01 * factor**2 * np.eye(BANDS))
        filled = Filled(served, np.arange(BANDS), normal, "prior")
        shown.append(Standardised.of(draft, filled).channels())
    np.testing.assert_allclose(shown[1], shown[0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(shown[2], shown[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("level", [0.0, 1e-45, 3e38])
def test_the_darkest_and_the_brightest_are_shown_as_numbers(level):
    bands = Bands.at([500.0, 600.0])
    values = np.full((2, 3, 3), level, dtype=np.float32)
    mask = np.broadcast_to(np.array([True, False])[:, None, None], values.shape).copy()
    draft = Draft(Observation(values, mask, bands), 0)
    draft.fill(np.nonzero(draft.missing()), np.full(9, level), np.full(9, 0.3))
    filled = Filled(draft.missing(), np.arange(2), None, "prior")
    found = Standardised.of(draft, filled)
    assert np.isfinite(found.channels()).all()
    assert np.isfinite(found.latent(-values)).all()


def test_likeness_is_the_correlation_of_neighbours_along_each_axis(rng):
    waves = np.sin(np.arange(40) / 6)[None, :, None] + np.zeros((3, 40, 40))
    waves[1] = rng.standard_normal((40, 40))
    waves[2] = np.where(np.arange(40) % 2, 1, -1)
    found = likeness(waves.astype(np.float32), np.ones(waves.shape, dtype=bool))
    assert found[0, 0] > 0.95
    np.testing.assert_allclose(found[1, 0], 1, atol=1e-6)
    np.testing.assert_allclose(found[:, 1], 0, atol=0.08)
    np.testing.assert_allclose(found[:, 2], [1, -1], atol=1e-6)


def test_a_band_that_is_hardly_observed_has_the_likeness_of_all(rng):
    surprise = rng.standard_normal((3, 20, 20)).astype(np.float32)
    surprise[:, 1::2] = surprise[:, ::2]
    observed = np.ones(surprise.shape, dtype=bool)
    observed[2] = np.arange(400).reshape(20, 20) < FEWEST_PAIRS
    surprise[~observed] = 0
    found = likeness(surprise, observed)
    assert np.ptp(found[0]) > 0
    assert found[0, :2].min() <= found[0, 2] <= found[0, :2].max()
    nothing = likeness(np.zeros((2, 3, 3), np.float32), np.zeros((2, 3, 3), bool))
    np.testing.assert_array_equal(nothing, 0)
