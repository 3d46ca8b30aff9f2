import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import PchipInterpolator

from anyband_models.models.contract import Observation
from anyband_models.models.linear import Linear, LinearConfig
from anyband_models.models.pchip import Pchip, PchipConfig
from physops.bands import Bands

SHAPE = (7, 2, 3)
VALUES = arrays(np.float32, SHAPE, elements=st.floats(-5, 5, width=32))
MASKS = arrays(bool, SHAPE)
WAVELENGTHS = st.lists(
    st.floats(400, 2500), min_size=7, max_size=7, unique_by=lambda nm: round(nm, 1)
)


def scene(values, mask, wavelength):
    return Observation(np.asarray(values, dtype=np.float32), mask, Bands.at(wavelength))


@given(values=VALUES, mask=MASKS, wavelength=WAVELENGTHS)
def test_it_is_scipys_inside_and_holds_the_edges(values, mask, wavelength):
    result = Pchip(PchipConfig()).reconstruct(scene(values, mask, wavelength))
    nm = np.array(wavelength)
    order = np.argsort(nm)
    for y, x in np.ndindex(SHAPE[1:]):
        known = order[mask[order, y, x]]
        if len(known) > 1:
            curve = PchipInterpolator(nm[known], values[known, y, x].astype(np.float64))
            oracle = curve(np.clip(nm, nm[known[0]], nm[known[-1]]))
            np.testing.assert_allclose(result.mean[:, y, x], oracle, rtol=1e-6, atol=1e-6)


@given(values=VALUES, mask=MASKS, wavelength=WAVELENGTHS)
def test_it_stays_between_the_neighbours_and_shares_all_else_with_the_line(
    values, mask, wavelength
):
    observation = scene(values, mask, wavelength)
    cubic = Pchip(PchipConfig()).reconstruct(observation)
    line = Linear(LinearConfig()).reconstruct(observation)
    np.testing.assert_array_equal(cubic.caution, line.caution)
    np.testing.assert_array_equal(cubic.provenance, line.provenance)
    np.testing.assert_allclose(cubic.std, line.std, rtol=1e-6, atol=1e-6)
    nm = np.array(wavelength)
    for b, y, x in zip(*np.nonzero(~mask & mask.any(axis=0)), strict=True):
        known, of = nm[mask[:, y, x]], values[mask[:, y, x], y, x]
        sides = [of[np.argmin(np.where(s, np.abs(known - nm[b]), np.inf))]
                 for s in (known < nm[b], known > nm[b]) if s.any()]  # fmt: skip
        assert min(sides) - 1e-6 <= cubic.mean[b, y, x] <= max(sides) + 1e-6


def test_two_detectors_at_one_wavelength_count_as_their_mean():
    values = np.reshape([0.0, 1, 3, 9, 4], (5, 1, 1))
    mask = np.reshape([True, True, True, False, True], (5, 1, 1))
    nm = [500.0, 600, 600, 650, 700]
    result = Pchip(PchipConfig()).reconstruct(scene(values, mask, nm))
    oracle = PchipInterpolator([500, 600, 700], [0, 2, 4])(650)
    np.testing.assert_allclose(result.mean[3, 0, 0], oracle, rtol=1e-6)
