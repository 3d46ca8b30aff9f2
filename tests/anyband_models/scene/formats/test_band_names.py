import numpy as np
import pytest
import rasterio

from anyband_models.scene.formats import read_scene
from anyband_models.scene.formats.band_names import named_bands


@pytest.mark.parametrize(
    "names",
    [
        ["450 nm", "550.5 nm"],
        ["Band 1 (450 Nanometers)", "Band 2 (550.5 Nanometers)"],
        ["0.45 um", "0.5505 um"],
        ["0.45 Micrometers", "0.5505 Micrometers"],
    ],
)
def test_a_geotiff_whose_band_names_say_where_they_lie(tmp_path, names):
    path = tmp_path / "x.tif"
    profile = {"driver": "GTiff", "width": 3, "height": 2, "count": 2, "dtype": "float32"}
    transform = rasterio.Affine(30, 0, 0, 0, -30, 0)
    with rasterio.open(path, "w", transform=transform, **profile) as sink:
        sink.write(np.full((2, 2, 3), 0.5, dtype=np.float32))
        sink.descriptions = names
    scene = read_scene(path)
    np.testing.assert_allclose(scene.wavelength, [450, 550.5])
    assert scene.meta.band_names == tuple(names)


@pytest.mark.parametrize("names", [[], ["B1", "B2"], ["450 nm", "B2"], ["450 nm", "0.55 um"]])
def test_names_that_do_not_say_it_of_every_band_say_nothing(names):
    assert named_bands(names).wavelength == ()
