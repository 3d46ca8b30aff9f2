from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from emulator_training.simulators.leaf_angles import ellipsoidal


@pytest.mark.parametrize("mean", [0.0, 5.0, 20.0, 40.0, 58.4351, 70.0, 85.0, 90.0])
def test_classes_have_the_shares_of_the_ellipsoidal_density(mean):
    """Campbell (1990), Eq. 12: sin / (cos² + e² sin²)², but for a constant factor."""
    e = np.exp(-1.6184e-5 * mean**3 + 2.1145e-3 * mean**2 - 1.2390e-1 * mean + 3.2491)

    def density(angle):
        return np.sin(angle) / (np.cos(angle) ** 2 + (e * np.sin(angle)) ** 2) ** 2

    edges = np.linspace(0, np.pi / 2, 19)
    parts = [quad(density, a, b, epsabs=0, epsrel=1e-11)[0] for a, b in pairwise(edges)]
    shares = ellipsoidal(torch.tensor([mean], dtype=torch.float64))
    np.testing.assert_allclose(shares, np.array(parts) / sum(parts), rtol=0, atol=1e-12)


def test_the_sphere_has_the_shares_of_a_sphere():
    mean = torch.tensor([58.4351], dtype=torch.float64)
    edges = np.cos(np.radians(np.arange(0, 91, 5)))
    np.testing.assert_allclose(ellipsoidal(mean), edges[:-1] - edges[1:], rtol=0, atol=1e-5)
