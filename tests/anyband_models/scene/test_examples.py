"""The default scene."""

import numpy as np
import pytest

from anyband_models.scene.examples import indian_pines, mended_wavelengths
from anyband_models.scene.meta import Quantity


@pytest.fixture(scope="module")
def scene():
    return indian_pines()


def test_it_is_the_published_cube(scene):
    assert scene.stored.shape == (200, 145, 145)
    assert (scene.stored.min(), scene.stored.max()) == (955, 9604)
    assert scene.meta.quantity is Quantity.DN
    assert scene.good.all()
    assert np.isfinite(scene.values).all()


def test_it_is_the_measured_cube_of_the_shared_data(scene, shared_data):
    with np.load(shared_data / "hyperspectral" / "indian_pines.npz") as file:
        np.testing.assert_array_equal(scene.stored, file["cube"].transpose(2, 0, 1))
        np.testing.assert_allclose(scene.wavelength, file["wavelength_nm_fixed_guess"], atol=0.05)


def test_mended_wavelengths_have_the_even_step_of_their_spectrometers(scene):
    step = np.diff(scene.wavelength)
    odd = np.flatnonzero(np.abs(step - 9.8) > 0.4)
    # Two overlaps of spectrometers, two water bands cut out; all else is even.
    assert odd.tolist() == [30, 93, 102, 143]
    assert (step[[30, 93]] < 0).all()
    assert (step[[102, 143]] > 50).all()


def test_mending_leaves_the_list_as_it_was():
    listed = np.linspace(400, 2500, 200)
    before = listed.copy()
    mended_wavelengths(listed)
    np.testing.assert_array_equal(listed, before)
