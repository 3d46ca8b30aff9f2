"""What damage leaves."""

import numpy as np

from anyband_models.damage.damage import Damage


def test_bands_and_pixels_without_a_good_entry():
    missing = np.zeros((3, 2, 2), bool)
    missing[1] = True
    missing[:, 0, 1] = True
    damage = Damage(missing, ())
    assert damage.empty_bands == (1,)
    assert damage.empty_pixels.tolist() == [[False, True], [False, False]]
