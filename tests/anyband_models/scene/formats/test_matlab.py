import h5py
import numpy as np
import pytest
import scipy.io

from anyband_models.errors import InputError, ResourceError
from anyband_models.scene.formats import read_scene

CUBE = np.arange(60, dtype=np.int16).reshape(4, 5, 3)
WAVELENGTH = np.array([450.0, 550.0, 650.0])


@pytest.fixture
def save_5(tmp_path):
    def save(**variables):
        scipy.io.savemat(tmp_path / "scene.mat", variables)
        return tmp_path / "scene.mat"

    return save


@pytest.fixture
def save_73(tmp_path):
    """As MATLAB writes it: axes reversed, HDF5 behind a block of 512 bytes, classes named."""

    def save(classes=(), **variables):
        path = tmp_path / "scene.mat"
        with h5py.File(path, "w", userblock_size=512) as file:
            for name, value in variables.items():
                file[name] = value if isinstance(value, h5py.ExternalLink) else np.asarray(value).T
            for name, kind in dict(classes).items():
                file[name].attrs["MATLAB_class"] = np.bytes_(kind)
        with path.open("r+b") as file:
            file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")
        return path

    return save


@pytest.fixture(params=["save_5", "save_73"])
def save_any(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("name", ["wavelength", "Wavelengths", "WL", "lambda", "wavelength_nm"])
def test_the_cube_and_its_wavelengths_are_found(save_any, name):
    scene = read_scene(save_any(paviaU=CUBE, **{name: WAVELENGTH.reshape(-1, 1)}))
    np.testing.assert_array_equal(scene.stored, CUBE.transpose(2, 0, 1))
    assert scene.wavelength.tolist() == WAVELENGTH.tolist()
    assert scene.stored.dtype == np.int16


def test_micrometres_are_told_by_their_size(save_any):
    scene = read_scene(save_any(cube=CUBE, wavelength=WAVELENGTH / 1000))
    assert scene.wavelength.tolist() == WAVELENGTH.tolist()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"a": CUBE, "b": CUBE}, "holds several cubes: a, b; save the one to read"),
        ({"a": CUBE[0]}, r"holds no numeric cube \(line, column, band\), but a \(int16\)"),
        ({"cube": CUBE}, "gives no wavelengths for its 3 bands; pass --wavelengths FILE"),
        ({"cube": CUBE, "wavelength": WAVELENGTH[:2]}, "gives no wavelengths"),
        ({"cube": CUBE * 1j, "wl": WAVELENGTH}, "complex"),
    ],
)
def test_what_does_not_fit_is_refused(save_any, variables, words):
    with pytest.raises(InputError, match=words):
        read_scene(save_any(**variables))


def test_objects_and_truth_values_are_no_cubes(save_5, save_73):
    cells = np.full((2, 2, 2), 1.0, dtype=object)
    with pytest.raises(InputError, match=r"a \(cell\), b \(logical\), c \(struct\)"):
        read_scene(save_5(a=cells, b=CUBE > 3, c={"d": 1}))
    with pytest.raises(InputError, match=r"a \(function_handle\), b \(logical\)"):
        read_scene(save_73({"a": "function_handle", "b": "logical"}, a=CUBE, b=CUBE.astype("u1")))


def test_a_link_to_another_file_is_not_followed(save_73, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["cube"] = CUBE.T
    path = save_73(cube=h5py.ExternalLink(str(tmp_path / "other.h5"), "/cube"))
    with pytest.raises(InputError, match="holds no numeric cube"):
        read_scene(path)


def test_data_kept_in_another_file_are_not_read(tmp_path, save_73):
    (tmp_path / "secret").write_bytes(bytes(120))
    path = save_73()
    with h5py.File(path, "r+") as file:
        file.create_dataset("cube", (3, 5, 4), "<i2", external=[(str(tmp_path / "secret"), 0, 120)])
    with pytest.raises(InputError, match=r"cube \(kept in another file\)"):
        read_scene(path)


def test_a_bomb_is_refused_before_it_is_loaded(save_73):
    path = save_73(wavelength=WAVELENGTH)
    with h5py.File(path, "r+") as file:
        file.create_dataset("cube", (3, 10**6, 10**6), "<f8", chunks=(1, 100, 100))
    with pytest.raises(ResourceError, match="3 x 1000000 x 1000000 float64"):
        read_scene(path)


def test_a_truncated_file_is_refused(save_any):
    path = save_any(cube=CUBE, wavelength=WAVELENGTH)
    whole = path.read_bytes()
    for length in np.linspace(130, len(whole) - 1, 25).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(
            InputError, match=r"cannot be read|holds no numeric cube|no wavelengths"
        ):
            read_scene(path)
