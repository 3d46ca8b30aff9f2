import numpy as np
import pytest

from anyband_models.training.data.abundances import lit, variants
from anyband_models.training.data.amplitudes import Amplitudes
from anyband_models.training.data.endmembers import choose
from anyband_models.training.data.fields import Shape

SHAPE = Shape(32, 40)


@pytest.mark.parametrize("seed", range(12))
def test_shares_sum_to_one(materials, seed):
    rng = np.random.default_rng(seed)
    endmembers = choose(rng, materials)
    shares = variants(rng, endmembers, SHAPE)
    assert shares.shape == (len(endmembers.of), *SHAPE)
    assert shares.min() >= 0
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-4)


def test_light_is_positive_and_only_some_scenes_have_shadows(materials):
    shadowed = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = lit(Amplitudes(rng, 0.5), choose(rng, materials), SHAPE, 0.5, 0.1)
        shadowed.append(found.sky is not None)
        total = found.sun.sum(axis=0) + (0 if found.sky is None else found.sky.sum(axis=0))
        assert total.min() > 0
        assert 0.4 < total.mean() < 1.8
    assert 2 < sum(shadowed) < 18


def test_blur_makes_neighbours_alike(materials):
    def roughness(blur):
        rng = np.random.default_rng(3)
        found = lit(Amplitudes(rng, 0.5), choose(rng, materials), SHAPE, blur, 0.0)
        return float(np.mean(np.diff(found.sun, axis=2) ** 2))

    assert roughness(0.8) < 0.7 * roughness(0.0)
