import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.scene import resampling
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.resampling import resample_scene
from anyband_models.scene.scene import make_scene
from srf_library import Band, Sensor

NM = np.arange(400.0, 900.0, 10.0)
SENSOR = Sensor("two", "Two", (Band.gaussian("a", 500, 40), Band.gaussian("b", 1200, 40)))


def scene(shape=(50, 3, 4), **changes):
    stored = np.random.default_rng(0).random(shape).astype(np.float32)
    meta = {"scale": (1.0,) * shape[0], "offset": (0.0,) * shape[0], "scale_declared": True}
    return make_scene(stored, SceneMeta(**(meta | changes)), NM)


def nothing_missing(scene):
    return np.zeros(scene.stored.shape, dtype=bool)


def test_the_matrix_is_applied_to_every_pixel():
    given = scene()
    result, matrix = resample_scene(given, nothing_missing(given), SENSOR)
    for y, x in np.ndindex(3, 4):
        np.testing.assert_allclose(result.values[:, y, x], matrix(given.values[:, y, x]), rtol=1e-5)
    assert result.good.tolist() == [True, False]
    assert np.isnan(result.values[1]).all()


def test_the_pixels_may_be_taken_in_parts(monkeypatch):
    given = scene()
    whole, _ = resample_scene(given, nothing_missing(given), SENSOR)
    monkeypatch.setattr(resampling, "CHUNK", 5)
    parts, _ = resample_scene(given, nothing_missing(given), SENSOR)
    np.testing.assert_array_equal(parts.values, whole.values)


def test_a_band_that_is_missing_everywhere_is_not_used():
    given = scene()
    missing = nothing_missing(given)
    missing[10] = True
    result, matrix = resample_scene(given, missing, SENSOR)
    assert matrix.weights.shape == (2, 49)
    assert np.isfinite(result.values[0]).all()


def test_an_entry_that_is_missing_spoils_its_pixel_alone():
    given = scene()
    missing = nothing_missing(given)
    missing[10, 1, 2] = True
    result, _ = resample_scene(given, missing, SENSOR)
    assert np.argwhere(np.isnan(result.values[0])).tolist() == [[1, 2]]


def test_what_the_scene_says_of_itself_stays():
    transform = (30.0, 0.0, 5e5, 0.0, -30.0, 5.8e6)
    given = scene(crs="EPSG:32633", transform=transform, quantity=Quantity.RADIANCE)
    meta = resample_scene(given, nothing_missing(given), SENSOR)[0].meta
    assert (meta.crs, meta.transform, meta.quantity) == (
        "EPSG:32633",
        transform,
        Quantity.RADIANCE,
    )
    assert meta.band_names == ("a", "b")


def test_a_scene_without_data_is_refused():
    given = scene()
    with pytest.raises(InputError, match="the scene holds no data in any band"):
        resample_scene(given, ~nothing_missing(given), SENSOR)
