import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.jobs.arena.scenes import opened, readings


def test_what_single_scenes_are_is_said_beside_them(tmp_path):
    (tmp_path / "readings.yaml").write_text("a.npz: {scale: 0.0001, quantity: reflectance}\n")
    assert readings(tmp_path) == {"a.npz": {"scale": 0.0001, "quantity": "reflectance"}}


def test_bands_that_are_not_to_be_looked_at_are_bad(tmp_path):
    wavelength = np.array([600.0, 1400.0, 1600.0])
    cube = np.full((2, 3, 3), 0.2, dtype=np.float32)
    np.savez(tmp_path / "a.npz", cube=cube, wavelength_nm=wavelength)
    (tmp_path / "readings.yaml").write_text("a.npz: {without: [[1340, 1450]]}\n")
    scene, note = opened(tmp_path / "a.npz", readings(tmp_path)["a.npz"])
    assert scene.good.tolist() == [True, False, True]
    assert note == "without the bands from 1340 to 1450 nm"


def test_nothing_need_be_said(tmp_path):
    assert readings(tmp_path) == {}


@pytest.mark.parametrize("text", ["a.npz: {colour: red}", "- a", "a.npz: 3", "{", "a: {scale: x}"])
def test_what_says_nothing_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "readings.yaml").write_text(text)
    with pytest.raises(InputError, match=r"readings.yaml does not say how to read scenes; write"):
        readings(tmp_path)
