import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.models.gap_law import SAMPLED_PIXELS, GapLaw, brightness
from anyband_models.models.neighbours import Neighbours

STEP_NM, SCALE, LEVEL = 10.0, 2e-3, 1.0


def wiener(rng, bands=128, pixels=SAMPLED_PIXELS):
    """Spectra that wander by SCALE per root nanometre around LEVEL."""
    steps = SCALE * np.sqrt(STEP_NM) * rng.standard_normal((bands, pixels))
    return np.arange(bands) * STEP_NM + 400, LEVEL + np.cumsum(steps, axis=0)


def between(left, here, right):
    """The neighbours of one entry at ``here`` in a gap from ``left`` to ``right``."""
    nm = np.array([left, here, right])
    mask = np.array([[True], [False], [True]])
    return Neighbours.of(mask, nm, (np.array([1]), np.array([0])))


@pytest.mark.parametrize("gap", [20.0, 80.0, 320.0])
@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.7])
def test_a_wiener_process_has_the_bridges_variance(gap, fraction, rng):
    nm, values = wiener(rng)
    law = GapLaw.fit(values, np.ones(values.shape, dtype=bool), nm)
    found = law.std(between(500, 500 + fraction * gap, 500 + gap), np.array([LEVEL]))
    # The pixels' own brightness strays from LEVEL by some per cent, and the sample is finite.
    exact = SCALE * np.sqrt(gap * fraction * (1 - fraction))
    exact = max(exact, SCALE * np.sqrt(2 * STEP_NM / 4))  # the middle of the narrowest gap tried
    np.testing.assert_allclose(found, exact, rtol=0.1)


def test_outside_the_variance_grows_with_the_distance(rng):
    nm, values = wiener(rng)
    law = GapLaw.fit(values, np.ones(values.shape, dtype=bool), nm)
    edge = Neighbours.of(
        np.array([[True], [False]]), np.array([500.0, 580.0]), (np.array([1]), np.array([0]))
    )
    np.testing.assert_allclose(law.std(edge, np.array([LEVEL])), SCALE * np.sqrt(80), rtol=0.1)


def test_beyond_what_was_measured_variance_grows_with_the_gap(rng):
    nm, values = wiener(rng, bands=9)
    law = GapLaw.fit(values, np.ones(values.shape, dtype=bool), nm)
    wide = [law.std(between(0, gap / 2, gap), np.array([LEVEL])) for gap in (1000.0, 4000.0)]
    np.testing.assert_allclose(wide[1] / wide[0], 2, rtol=1e-9)


def test_it_never_falls_as_the_gap_grows(rng):
    values = rng.random((50, 20))
    law = GapLaw.fit(values, rng.random((50, 20)) < 0.8, np.sort(rng.uniform(400, 900, 50)))
    assert np.all(np.diff(law.log_error) >= 0)
    assert np.all(np.diff(law.log_gap) > 0)


@given(
    values=arrays(np.float32, (6, 5), elements=st.floats(-1, 1, width=32)),
    mask=arrays(bool, (6, 5)),
    garbage=st.sampled_from([np.nan, np.inf, -np.inf, 1e38]),
    order=st.permutations(list(range(6))),
)
def test_only_observed_values_matter_and_not_their_order(values, mask, garbage, order):
    nm = np.linspace(400, 900, 6)
    clean = GapLaw.fit(np.where(mask, values, 0), mask, nm)
    dirty = GapLaw.fit(np.where(mask, values, np.float32(garbage))[order], mask[order], nm[order])
    np.testing.assert_array_equal(dirty.log_gap, clean.log_gap)
    np.testing.assert_array_equal(dirty.log_error, clean.log_error)
    assert dirty.unknown == clean.unknown > 0


def test_at_most_256_pixels_are_looked_at():
    # One pixel in two is looked at: those with a kink are not.
    values = np.ones((3, 2 * SAMPLED_PIXELS))
    values[1, 1::2] = 5
    law = GapLaw.fit(values, np.ones(values.shape, dtype=bool), np.array([400.0, 500, 600]))
    np.testing.assert_allclose(np.exp(law.log_error), 0, atol=1e-300)


@pytest.mark.parametrize("level", [1e-30, 1.0, 1e30])
def test_brightness_is_the_root_mean_square_of_what_was_observed(level):
    values = np.array([[3 * level], [4 * level], [np.nan]], dtype=np.float32)
    mask = np.array([[True], [True], [False]])
    np.testing.assert_allclose(brightness(values, mask), level * np.sqrt(12.5), rtol=1e-6)


def test_a_black_pixel_is_known_no_better_than_a_hundredth_of_the_scene(rng):
    nm, values = wiener(rng)
    law = GapLaw.fit(values, np.ones(values.shape, dtype=bool), nm)
    gap = between(500.0, 540.0, 580.0)
    level = np.sqrt(np.mean(values**2))
    np.testing.assert_allclose(law.std(gap, np.zeros(1)), law.std(gap, np.array([level / 100])))


def test_a_tenth_of_rough_bands_does_not_speak_for_the_rest(rng):
    """Two detectors that overlap: close in wavelength, apart in value."""
    nm, values = wiener(rng)
    rough_nm, rough = np.append(nm, nm[:6] + 3), np.vstack([values, values[:6] + 0.3])
    gap, level = between(500.0, 540.0, 580.0), np.array([LEVEL])
    plain = GapLaw.fit(values, np.ones(values.shape, dtype=bool), nm).std(gap, level)
    mixed = GapLaw.fit(rough, np.ones(rough.shape, dtype=bool), rough_nm).std(gap, level)
    assert mixed < 2 * plain
