import numpy as np
import pytest

from anyband_models.training.data.amplitudes import Amplitudes
from anyband_models.training.data.fields import Shape
from anyband_models.training.data.instrument import Instrument, dimmed, instrument, measured
from physops.bands import Bands

BANDS = Bands.at(np.linspace(420.0, 2450.0, 60), 10.0)
SHAPE = Shape(50, 60)


def drawn(seed, badness):
    return instrument(Amplitudes(np.random.default_rng(seed), badness), BANDS, SHAPE)


def test_noise_has_the_size_that_was_drawn_and_grows_with_the_root_of_light():
    one = np.ones(60, dtype=np.float32)
    floor, shot = 0.01 * one, 0.02 * one
    by = Instrument(one, 0 * one, floor, shot, None)
    for light in (0.0, 0.3, 0.6):
        values = measured(np.random.default_rng(0), np.full((60, 50, 60), light, np.float32), by)
        expected = np.sqrt(0.01**2 + 0.02**2 * light / 0.3)
        assert np.std(values) == pytest.approx(expected, rel=0.02)


def test_bad_instruments_are_noisier_and_bands_differ():
    noise = [np.array([drawn(seed, b).floor for seed in range(30)]) for b in (0.0, 1.0)]
    assert np.median(noise[1]) > 5 * np.median(noise[0])
    assert np.median(noise[1].max(axis=1) / np.median(noise[1], axis=1)) > 2
    wet = np.abs(BANDS.wavelength - 1880) < 40
    assert np.median(noise[1][:, wet]) > 1.5 * np.median(noise[1])


def test_stripes_run_along_columns_in_some_scenes():
    found = [drawn(seed, 0.5).stripes for seed in range(30)]
    striped = [each for each in found if each is not None]
    assert 5 < len(striped) < 25
    assert all(each.shape == (60, 1, SHAPE.cols) for each in striped)


def test_where_there_is_less_light_errors_in_radiance_are_less():
    by = drawn(1, 0.5)
    light = np.linspace(0.04, 1, 60, dtype=np.float32)
    found = dimmed(by, light)
    np.testing.assert_allclose(found.floor, by.floor * np.sqrt(light))
    assert found.floor[0] == pytest.approx(0.2 * by.floor[0])
    np.testing.assert_array_equal(found.gain, by.gain)
