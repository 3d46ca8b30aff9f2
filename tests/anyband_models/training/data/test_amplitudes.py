import numpy as np
import pytest

from anyband_models.training.data.amplitudes import Amplitudes


@pytest.mark.parametrize(("badness", "low", "high"), [(0.0, 0.01, 0.1), (1.0, 0.1, 1.0)])
def test_half_of_a_size_is_the_scenes_badness(badness, low, high):
    amplitudes = Amplitudes(np.random.default_rng(0), badness)
    sizes = np.array([amplitudes.size((0.01, 1.0)) for _ in range(500)])
    assert low <= sizes.min() < 1.1 * low
    assert 0.9 * high < sizes.max() <= high


def test_often_is_so_often():
    amplitudes = Amplitudes(np.random.default_rng(0), 0.5)
    assert np.mean([amplitudes.often(0.3) for _ in range(2000)]) == pytest.approx(0.3, abs=0.03)
