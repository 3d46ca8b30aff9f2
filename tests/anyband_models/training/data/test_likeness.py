import numpy as np
import pytest

from anyband_models.training.data.likeness import statistics


def test_statistics_of_a_scene_whose_noise_and_components_are_known():
    rng = np.random.default_rng(0)
    nm = np.linspace(450.0, 2400.0, 118)
    two = np.stack([0.2 * np.sin(nm / 300), 0.1 * np.cos(nm / 200)])
    field = np.repeat(np.repeat(rng.standard_normal((2, 12, 12)), 4, 1), 4, 2)
    clean = 1 + np.einsum("cb,cyx->byx", two, field)
    found = statistics(clean + 0.02 * rng.standard_normal(clean.shape), nm)
    # A band and the mean of its two neighbours err by so much together.
    assert found["noise/band mean"] == pytest.approx(0.02 * np.sqrt(1.5), rel=0.15)
    assert found["components, 99 %"] > 2
    assert found["next pixel"] == pytest.approx(0.75, abs=0.08)
    assert found["correlation, 50 nm"] > 0.85
    assert statistics(clean, nm)["components, 99 %"] == 2
