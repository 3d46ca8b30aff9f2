import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.models.contract import Caution, Observation
from anyband_models.models.linear import Linear, LinearConfig
from physops.bands import Bands

SHAPE = (7, 2, 3)
VALUES = arrays(np.float32, SHAPE, elements=st.floats(-5, 5, width=32))
MASKS = arrays(bool, SHAPE)
WAVELENGTHS = st.lists(st.floats(400, 2500), min_size=7, max_size=7, unique=True)


def reconstruct(values, mask, wavelength, **settings):
    return Linear(LinearConfig(**settings)).reconstruct(
        Observation(np.asarray(values, dtype=np.float32), mask, Bands.at(wavelength))
    )


def spectrum(values, mask, wavelength, **settings):
    column = (len(values), 1, 1)
    return reconstruct(
        np.reshape(values, column), np.reshape(np.array(mask, bool), column), wavelength, **settings
    )


@given(values=VALUES, mask=MASKS, wavelength=WAVELENGTHS)
def test_it_is_numpys_interp_and_holds_the_edges(values, mask, wavelength):
    result = reconstruct(values, mask, wavelength)
    nm = np.array(wavelength)
    order = np.argsort(nm)
    for y, x in np.ndindex(SHAPE[1:]):
        known = order[mask[order, y, x]]
        if len(known):
            oracle = np.interp(nm, nm[known], values[known, y, x].astype(np.float64))
            np.testing.assert_allclose(result.mean[:, y, x], oracle, rtol=1e-6, atol=1e-6)


@given(mask=MASKS, wavelength=WAVELENGTHS, limit=st.floats(1, 2000))
def test_cautions_are_what_the_distances_say(mask, wavelength, limit):
    result = reconstruct(np.ones(SHAPE), mask, wavelength, max_gap_nm=limit)
    nm = np.array(wavelength)
    for b, y, x in np.ndindex(SHAPE):
        known = nm[mask[:, y, x]]
        expected = 0
        if not mask[b, y, x] and len(known):
            below, above = known[known < nm[b]], known[known > nm[b]]
            inside = len(below) > 0 and len(above) > 0
            gap = above.min() - below.max() if inside else np.abs(known - nm[b]).min()
            expected = Caution.LONG_GAP * (gap > limit) | Caution.EXTRAPOLATED * (not inside)
        assert result.caution[b, y, x] == expected


def test_one_band_observed_is_held_everywhere():
    result = spectrum([9, 0.4, 9], [0, 1, 0], [500, 600, 700])
    np.testing.assert_array_equal(result.mean.ravel(), np.float32(0.4))
    # Nothing was measured: the spread is as large as the pixel is bright.
    np.testing.assert_allclose(result.std.ravel(), [0.4, 0, 0.4], rtol=1e-6)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [3, 2, 4, 1, 0], [4, 2, 0, 3, 1]])
def test_a_gap_of_no_width_stays_between_the_two_detectors_that_see_it(order):
    nm, values, mask = (
        np.array([500.0, 600, 600, 600, 700]),
        np.array([0.0, 1, 9, 2, 0]),
        np.array([1, 1, 0, 1, 1]),
    )
    result = spectrum(values[order], mask[order], nm[order])
    assert 1 <= result.mean.ravel()[order.index(2)] <= 2
    assert 0 < result.std.ravel()[order.index(2)] < np.inf


def test_the_only_twin_of_a_missing_band_gives_its_value():
    assert spectrum([0, 1, 9, 5], [1, 1, 0, 1], [500, 600, 600, 700]).mean[2, 0, 0] == 1


@pytest.mark.parametrize("factor", [1e-30, 2.0**-7, 1024.0, 1e25])
def test_the_spread_scales_with_the_values(factor, rng):
    values, mask = 0.2 + rng.random((20, 5, 5)), rng.random((20, 5, 5)) < 0.7
    nm = np.linspace(400, 900, 20)
    plain, scaled = reconstruct(values, mask, nm), reconstruct(factor * values, mask, nm)
    np.testing.assert_allclose(scaled.std, factor * plain.std, rtol=1e-4)


@pytest.mark.parametrize("width", [1, 3, 9])
def test_nine_intervals_of_ten_hold_a_wiener_process(width, rng):
    nm = np.sort(rng.uniform(400, 2500, 100))
    steps = rng.standard_normal((100, 40, 40)) * np.sqrt(np.diff(nm, prepend=nm[0]))[:, None, None]
    truth = 1 + 1e-3 * np.cumsum(steps, axis=0)
    mask = np.ones(truth.shape, dtype=bool)
    for start in range(10, 90, 20):
        mask[start : start + width] = False
    result = reconstruct(truth, mask, nm)
    inside = np.abs(result.mean - truth)[~mask] < 1.6449 * result.std[~mask]
    assert 0.87 <= inside.mean() <= 0.93


def test_one_pixel_is_judged_by_its_scene(rng):
    values = (0.5 + 0.01 * rng.standard_normal((12, 1, 30))).astype(np.float32)
    mask = np.ones(values.shape, dtype=bool)
    mask[1:-1, :, 0] = False  # two bands left: alone, it could say nothing of a gap
    nm = np.linspace(400, 950, 12)
    std = reconstruct(values, mask, nm, max_gap_nm=1000).std[~mask]
    assert np.all((std > 0.002) & (std < 0.05))
