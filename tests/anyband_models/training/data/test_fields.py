import numpy as np
import pytest

from anyband_models.training.data.fields import Shape, line, parcels, plane, power_law, roofs


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("slope", [0.0, 2.0, 3.5])
def test_fields_have_unit_variance_over_many_and_the_slope_that_was_asked(slope):
    fields = power_law(rng(), 300, Shape(48, 40), slope)
    assert fields.shape == (300, 48, 40)
    assert fields.dtype == np.float32
    assert np.mean(fields**2) == pytest.approx(1, rel=0.15)
    spectrum = np.mean(np.abs(np.fft.fft(fields * np.hanning(40), axis=2)) ** 2, axis=(0, 1))
    # Of a two-dimensional field a line has one less, but for a white one.
    expected = max(slope - 1, 0)
    fall = np.log(spectrum[3] / spectrum[12]) / np.log(4)
    assert fall == pytest.approx(expected, abs=0.45)


def test_a_stretched_field_is_longer_one_way():
    field = power_law(rng(), 50, Shape(64, 64), 2.0, stretch=3.0)
    rows, cols = (np.mean(np.diff(field, axis=axis) ** 2) for axis in (1, 2))
    assert max(rows, cols) > 2 * min(rows, cols)


def test_parcels_are_of_the_size_that_was_asked_and_each_is_whole():
    where = plane(rng(1), Shape(64, 64), 0.0)
    cells = parcels(rng(1), where, 200.0, 1.0)
    count = len(np.unique(cells))
    assert 64 * 64 / 200 / 2 < count < 64 * 64 / 200 * 1.5
    # Most pixels are in the parcel of their neighbour.
    assert np.mean(cells[:, 1:] == cells[:, :-1]) > 0.85


def test_a_line_covers_its_width():
    where = plane(rng(2), Shape(64, 64), 0.0)
    thin, wide = (line(rng(5), where, width) for width in (0.5, 3.0))
    assert thin.max() == pytest.approx(0.5)
    assert wide.max() == pytest.approx(1)
    assert 4 < wide.sum() / thin.sum() < 8


def test_roofs_cover_some_whole_pixels():
    cover = roofs(rng(3), plane(rng(3), Shape(64, 64), 0.0), 8, 8.0)
    assert cover.max() == 1
    assert 0 < cover.mean() < 0.5
