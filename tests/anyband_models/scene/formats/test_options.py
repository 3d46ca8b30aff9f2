import numpy as np
import pytest

from anyband_models.errors import InputError, UsageError
from anyband_models.scene.formats import read_scene
from anyband_models.scene.meta import Quantity


@pytest.fixture
def path(make, save):
    fwhm = np.array([9.0, 8.0, 7.0, 6.0])
    return save(make(fwhm=fwhm, nodata=7, good=np.array([True, False, True, True])), "scene.tif")


def test_the_user_s_word_counts_more_than_the_file_s(path):
    plain, scene = (
        read_scene(path),
        read_scene(path, scale=0.5, offset=-1.0, nodata=3, quantity="dn"),
    )
    assert scene.meta.scale == (0.5,) * 4
    assert scene.meta.offset == (-1.0,) * 4
    assert scene.meta.quantity is Quantity.DN
    expected = np.where(plain.stored == 3, np.nan, plain.stored * 0.5 - 1).astype(np.float32)
    np.testing.assert_array_equal(scene.values, expected)


def test_a_scale_of_one_is_a_statement_too(make, save):
    path = save(make(scale=(1.0,) * 4, scale_declared=False), "scene.tif")
    assert not read_scene(path).meta.scale_declared
    assert read_scene(path, scale=1.0).meta.scale_declared


def test_wavelengths_may_come_in_either_unit_and_leave_the_rest(path):
    for given in ([0.5, 0.61, 0.7, 0.4491], [500.0, 610.0, 700.0, 449.1]):
        scene = read_scene(path, wavelengths=np.array(given))
        assert scene.wavelength.tolist() == [500.0, 610.0, 700.0, 449.1]
        assert scene.good.tolist() == [True, False, True, True]


def test_widths_keep_their_unit_when_the_centres_are_replaced(path):
    for given in ([0.5, 0.6, 0.7, 0.8], [500.0, 600.0, 700.0, 800.0]):
        assert read_scene(path, wavelengths=np.array(given)).fwhm.tolist() == [9.0, 8.0, 7.0, 6.0]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"scale": 0.0}, UsageError, "--scale 0 is impossible"),
        ({"scale": np.nan}, UsageError, "--scale nan is impossible"),
        ({"offset": np.inf}, UsageError, "--offset inf is impossible"),
        ({"quantity": "albedo"}, UsageError, "the quantities are reflectance, radiance, dn"),
        ({"nodata": 70_000}, UsageError, "--nodata 70000 cannot occur in a file of int16"),
        ({"wavelengths": np.array([500.0])}, InputError, "1 wavelengths for 4 bands"),
        ({"wavelengths": np.array([500.0, 600, 700, np.nan])}, InputError, "band 4 .* nan"),
    ],
)
def test_what_cannot_be_meant_is_refused(path, options, error, words):
    with pytest.raises(error, match=words):
        read_scene(path, **options)
