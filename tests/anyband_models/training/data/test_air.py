import numpy as np
import pytest

from anyband_models.training.data.air import air, sky, uncorrected
from anyband_models.training.data.amplitudes import Amplitudes
from anyband_models.training.data.fields import Shape
from anyband_models.training.data.grid import GRID


def drawn(seed, badness):
    return air(Amplitudes(np.random.default_rng(seed), badness), Shape(16, 16))


def test_a_bad_correction_leaves_more_and_leaves_it_where_gases_absorb():
    clean, bad = (np.array([drawn(seed, b).residue for seed in range(40)]) for b in (0.0, 1.0))
    assert np.abs(bad).mean() > 5 * np.abs(clean).mean()
    size = np.abs(bad).mean(axis=0)
    at = {nm: int(np.searchsorted(GRID, nm)) for nm in (600, 1050, 760, 940, 1400)}
    assert min(size[at[760]], size[at[940]], size[at[1400]]) > 5 * max(
        size[at[600]], size[at[1050]]
    )


def test_haze_is_blue():
    haze = np.abs(drawn(0, 0.5).haze)
    assert (np.diff(haze) < 0).all()


def test_the_light_of_the_sky_is_bluer_than_the_suns():
    light = sky(np.random.default_rng(0))
    assert light[20] == pytest.approx(1)
    assert (np.diff(light) < 0).all()


def test_radiance_is_dark_where_water_absorbs_and_in_the_far_infrared():
    raw = uncorrected(np.random.default_rng(0))
    at = {nm: int(np.searchsorted(GRID, nm)) for nm in (550, 1250, 1395, 2200)}
    assert 0 < raw.gain[at[1395]] < 0.3 * raw.gain[at[1250]]
    assert raw.gain[at[2200]] < 0.2 * raw.gain[at[550]]
    assert raw.gain.max() <= 1
    assert raw.path.min() >= 0
