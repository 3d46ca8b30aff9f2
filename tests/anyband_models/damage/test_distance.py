import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.damage.distance import distance_to_observed

CENTRES = arrays(float, 6, elements=st.floats(400, 2500).map(lambda nm: round(nm, 1)))


@given(arrays(bool, (6, 2, 3)), CENTRES)
def test_it_is_what_comparing_all_pairs_gives(observed, wavelength):
    apart = np.abs(wavelength[:, None] - wavelength)[:, :, None, None]
    expected = np.where(observed[None], apart, np.inf).min(axis=1)
    found = distance_to_observed(observed, wavelength)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert (found[observed] == 0).all()
