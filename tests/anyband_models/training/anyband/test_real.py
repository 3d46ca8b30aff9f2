import os
from pathlib import Path

import numpy as np
import pytest

from anyband_models.scene.meta import Quantity
from anyband_models.training.anyband.real import real_scenes


def test_scenes_that_are_not_there_are_left_out(tmp_path):
    assert real_scenes(tmp_path) == []


def test_a_scene_is_read_without_water_and_without_bands_that_say_nothing(tmp_path):
    nm = np.linspace(360.0, 2500.0, 60)
    cube = np.random.default_rng(1).integers(1000, 4000, (4, 5, 60)).astype(np.int16)
    cube[:, :, 7] = 1000
    folder = tmp_path / "hyperspectral"
    folder.mkdir()
    np.savez(folder / "indian_pines.npz", cube=cube, wavelength_nm_fixed_guess=nm)
    (scene,) = real_scenes(tmp_path)
    left = scene.bands.wavelength
    assert scene.quantity == Quantity.DN
    assert scene.values.shape == (len(left), 4, 2), "only the left half is learned from"
    assert nm[7] not in left
    assert np.all((left > 385) & (left < 2480))
    assert not np.any(((left > 1345) & (left < 1430)) | ((left > 1800) & (left < 1960)))
    kept = np.isin(nm, left)
    np.testing.assert_allclose(scene.values, cube.transpose(2, 0, 1)[kept, :, :2] * 1e-4, rtol=1e-6)


def test_those_of_the_folder_are_reflectances_or_numbers():
    beside = Path(__file__).parents[5] / "shared" / "data"
    folder = Path(os.environ.get("ANYBAND_DATA", beside))
    if not (folder / "hyperspectral").is_dir():
        pytest.skip(f"there are no scenes in {folder}; set ANYBAND_DATA")
    found = real_scenes(folder)
    assert found
    for scene in found:
        assert len(scene.values) == len(scene.bands)
        if scene.quantity == Quantity.REFLECTANCE:
            assert 0.01 < np.nanmedian(scene.values) < 1
