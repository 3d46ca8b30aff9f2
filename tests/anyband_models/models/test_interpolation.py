import numpy as np

from anyband_models.models.contract import Caution, Observation
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import Gaps, interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.noise import standard_normal
from physops.bands import Bands


def half_missing(rng):
    """20 bands out of order, three pixels; a gap of six inside and one of two at the end."""
    order = rng.permutation(20)
    mask = np.ones((20, 3), dtype=bool)
    mask[6:12] = mask[18:] = False
    mask = mask[np.argsort(order)]
    nm = (400 + 25.0 * np.arange(20))[np.argsort(order)]
    values = rng.random((20, 1, 3), dtype=np.float32)
    return Observation(values, mask.reshape(20, 1, 3), Bands.at(nm))


def test_bridges_have_the_wiener_process_own_correlation(rng):
    observation = half_missing(rng)
    values, mask = observation.values.reshape(20, 3), observation.mask.reshape(20, 3)
    gaps = Gaps(values, mask, observation.bands.wavelength, ~mask)
    draws = np.array([gaps.bridges(standard_normal(0, k, 20, 3)) for k in range(4000)])
    pixel = gaps.entries[1] == 1
    nm = gaps.wavelength[gaps.entries[0][pixel]]
    a, b = 400 + 25 * 5, 400 + 25 * 12
    low, high = np.minimum.outer(nm, nm), np.maximum.outer(nm, nm)
    inside, edge = high < b, low > b
    exact = np.where(inside, (low - a) * (b - high) / (b - a), 0) + np.where(
        edge, low - (400 + 25 * 17), 0
    )
    unit = np.sqrt(np.diag(exact))
    found = np.cov(draws[:, pixel].T)
    np.testing.assert_allclose(found, exact / np.outer(unit, unit), atol=5 / np.sqrt(4000))


def test_only_what_is_wanted_is_filled_and_the_caution_added(rng):
    draft = Draft(half_missing(rng), 0)
    wanted = draft.missing()
    wanted[:, 1:] = False
    interpolate(draft, wanted, straight_line, 100.0, caution=Caution.FALLBACK)
    np.testing.assert_array_equal(np.isnan(draft.mean), draft.missing() & ~wanted)
    np.testing.assert_array_equal(draft.caution & Caution.FALLBACK > 0, wanted)
