import numpy as np

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.soundness import distinct, sound


def smooth():
    return 0.3 + 0.1 * np.sin(GRID / 200)


def test_what_is_wrong_with_a_spectrum_is_seen():
    rng = np.random.default_rng(0)
    spike, bump, step, noisy, dark, bright, holed = (smooth() for _ in range(7))
    spike[100] += 0.2
    bump[200:202] += 0.3  # a channel of 10 nm
    step[GRID > 1000] += 0.1
    noisy += rng.normal(0, 0.01, len(GRID))
    dark -= 0.25
    bright += 0.9
    holed[3] = np.nan
    rows = np.stack([smooth(), spike, bump, step, noisy, dark, bright, holed])
    assert sound(rows).tolist() == [True] + [False] * 7


def test_an_absorption_of_minerals_is_no_spike():
    deep = smooth() + 0.15 - 0.25 * np.exp(-(((GRID - 2200) / 25) ** 2))
    assert sound(deep[None]).all()


def test_the_first_of_near_duplicates_stays():
    base = smooth()
    rows = np.stack([base, base + 0.001, base + 0.05, base + 0.0015, base + 0.0501])
    assert distinct(rows).tolist() == [True, False, True, False, False]


def test_near_in_shape_alone_is_not_near():
    rows = np.stack([smooth(), 1.1 * smooth(), smooth() + 0.01 * np.sin(GRID / 9)])
    assert distinct(rows).all()
