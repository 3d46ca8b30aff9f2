import pickle
import zipfile

import numpy as np
import pytest

from anyband_models.errors import InputError, ResourceError
from anyband_models.scene.formats import read_header, read_scene

CUBE = np.arange(60, dtype="<i2").reshape(4, 5, 3)
GOOD = {"cube": CUBE, "wavelength_nm": [450.0, 550.0, 650.0]}


@pytest.fixture
def archive(tmp_path):
    def save(**changes):
        arrays = {name: array for name, array in (GOOD | changes).items() if array is not None}
        np.savez_compressed(tmp_path / "scene.npz", **arrays)
        return tmp_path / "scene.npz"

    return save


def test_lists_and_numbers_are_read_and_other_arrays_are_not(archive):
    path = archive(fwhm_nm=[5.0, np.nan, 0.0], bbl=[1, 0, 1], gt=np.array([{}], dtype=object))
    scene = read_scene(path)
    np.testing.assert_array_equal(scene.stored, CUBE.transpose(2, 0, 1))
    np.testing.assert_array_equal(scene.fwhm, [5.0, np.nan, np.nan])
    assert scene.good.tolist() == [True, False, True]
    assert not scene.meta.scale_declared


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cube": None}, "no array called 'cube'"),
        ({"cube": CUBE[0]}, r"cube has the shape \(5, 3\), not \(line, column, band\)"),
        ({"cube": CUBE[:0]}, r"cube has the shape \(0, 5, 3\)"),
        ({"cube": CUBE > 3}, "stores bool values"),
        ({"cube": CUBE * 1j}, "stores complex128 values"),
        ({"cube": CUBE.astype(str)}, "stores str.* values"),
        ({"wavelength_nm": None}, "gives no wavelengths .* --wavelengths FILE"),
        ({"wavelength_nm": []}, "gives no wavelengths"),
        ({"wavelength_nm": [1.0, 2.0]}, "wavelength_nm has the shape .* must hold 3 numbers"),
        ({"wavelength_nm": [0.45, 0.55, 0.65]}, "outside 200-20000 nm"),
        ({"bbl": [1, 2, 1]}, "bbl must be 1"),
        ({"bbl": [1, 1]}, "bbl has the shape"),
        ({"fwhm_nm": [1.0, -1.0, 1.0]}, r"band 2 has the width \(fwhm\) -1"),
    ],
)
def test_what_does_not_fit_is_refused(archive, changes, words):
    with pytest.raises(InputError, match=words):
        read_scene(archive(**changes))


class Marker:
    """Unpickling it would create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("name", ["cube", "wavelength_nm"])
def test_a_pickle_is_refused_and_never_run(archive, tmp_path, name):
    marker = tmp_path / "marker"
    path = archive(**{name: np.array([Marker(marker)], dtype=object)})
    with pytest.raises(InputError, match="pickled objects, which are not loaded"):
        read_scene(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("cube.npy", pickle.dumps(Marker(marker)))
    with pytest.raises(InputError, match="'cube' is damaged"):
        read_scene(path)
    assert not marker.exists()


def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000, 3), }"
    text = header.ljust(117).encode() + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("cube.npy", content + bytes(10_000_000))
        np.save(file.open("wavelength_nm.npy", "w"), GOOD["wavelength_nm"])
    assert read_header(path).shape == (3, 10**6, 10**6)
    with pytest.raises(ResourceError, match="cut the scene into parts"):
        read_scene(path)


def test_a_damaged_archive_gives_an_error_or_the_same_numbers(archive):
    path = archive()
    whole, scene = path.read_bytes(), read_scene(path)
    pick = np.random.default_rng(0)
    for length in pick.integers(1, len(whole), 40):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_scene(path)
    same = refused = 0
    for place in pick.integers(4, len(whole), 150):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        try:
            result = read_scene(path)
        except InputError:
            refused += 1
            continue
        np.testing.assert_array_equal(result.stored, scene.stored)
        np.testing.assert_array_equal(result.wavelength, scene.wavelength)
        same += 1
    assert refused > same
