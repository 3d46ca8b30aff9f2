import numpy as np
import pytest
import rasterio
from spectral.io import envi as oracle

from anyband_models.errors import InputError
from anyband_models.scene.formats import read_scene

HEADER = {
    "samples": "6",
    "lines": "5",
    "bands": "4",
    "header offset": "16",
    "data type": "2",
    "interleave": "bil",
    "byte order": "1",
    "wavelength units": "Micrometers",
    "wavelength": "{0.45, 0.5501, 0.65,\n 0.45}",
}


@pytest.fixture
def image(tmp_path):
    """Writes 4 bands, 5 lines and 6 samples, and a header with some fields changed."""

    def write(data=None, **changes):
        numbers = np.arange(120, dtype=">i2").reshape(5, 4, 6)
        (tmp_path / "scene.img").write_bytes(
            bytes(16) + numbers.tobytes() if data is None else data
        )
        named = {key.replace("_", " "): value for key, value in changes.items()}
        fields = {key: value for key, value in (HEADER | named).items() if value is not None}
        text = "\n".join(f"{key} = {value}" for key, value in fields.items())
        (tmp_path / "scene.hdr").write_text(f"ENVI\n{text}\n", encoding="utf-8")
        return tmp_path / "scene.hdr"

    return write


def test_header_offset_byte_order_interleave_and_micrometres(image):
    scene = read_scene(image())
    expected = np.arange(120).reshape(5, 4, 6).transpose(1, 0, 2)
    np.testing.assert_array_equal(scene.stored, expected)
    assert scene.stored.dtype == np.dtype(">i2")
    assert scene.wavelength.tolist() == [450.0, 550.1, 650.0, 450.0]


def test_header_and_data_name_the_same_scene(image):
    header = image()
    one, other = read_scene(header), read_scene(header.with_suffix(".img"))
    np.testing.assert_array_equal(one.stored, other.stored)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("name", ["out.hdr", "out.bil", "out.bip", "out.bsq"])
@pytest.mark.parametrize("dtype", ["<i2", ">f4", "u1", ">u4", "<f8"])
def test_other_programs_read_what_is_written(make, save, name, dtype):
    scene = make(dtype=dtype, fwhm=np.array([5.0, 6.0, 7.0, 8.0]), nodata=7)
    path = save(scene, name)
    image = oracle.open(str(path.with_suffix(".hdr")))
    np.testing.assert_array_equal(image.open_memmap().transpose(2, 0, 1), scene.stored)
    assert image.bands.centers == scene.wavelength.tolist()
    assert image.bands.bandwidths == scene.fwhm.tolist()
    with rasterio.open(path.with_suffix(".img") if name == "out.hdr" else path) as image:
        np.testing.assert_array_equal(image.read(), scene.stored)
        assert image.nodata == 7


@pytest.mark.parametrize("length", [0, *range(1, 256, 14), 255])
def test_a_data_file_cut_off_names_both_sizes(image, length):
    path = image(data=bytes(length))
    with pytest.raises(
        InputError, match=f"has {length} bytes, but 256 are expected from scene.hdr"
    ):
        read_scene(path)


MUTATIONS = [
    {"samples": "7"},
    {"samples": "0"},
    {"samples": "-6"},
    {"samples": "six"},
    {"samples": "6.5"},
    {"samples": None},
    {"lines": "4"},
    {"lines": "50000000000000000000000"},
    {"lines": ""},
    {"lines": None},
    {"bands": "5"},
    {"bands": "{4}"},
    {"bands": None},
    {"header_offset": "0"},
    {"header_offset": "-16"},
    {"header_offset": "x"},
    {"data_type": "1"},
    {"data_type": "4"},
    {"data_type": "6"},
    {"data_type": "99"},
    {"data_type": None},
    {"interleave": "bsx"},
    {"interleave": None},
    {"byte_order": "2"},
    {"byte_order": None},
    {"file_compression": "1"},
    {"wavelength": None},
    {"wavelength": "{0.45, 0.55, 0.65}"},
    {"wavelength": "{0.45, 0.55, 0.65, red}"},
    {"wavelength": "{0.45, 0.55, 0.65, -0.7}"},
    {"wavelength": "{0.45, 0.55, 0.65, nan}"},
    {"wavelength": "{0.45, 0.55, 0.65, 700}"},
    {"wavelength": "{0.45, 0.55"},
    {"wavelength_units": "GHz"},
    {"wavelength_units": "Nanometers"},
    {"fwhm": "{0.01, 0.01}"},
    {"fwhm": "{0.01, 0.01, 0.01, -0.01}"},
    {"bbl": "{1, 1, 1}"},
    {"bbl": "{1, 1, 1, 2}"},
    {"band_names": "{a, b, c, d, with a comma}"},
    {"data_ignore_value": "none"},
    {"data_ignore_value": "{1, 2}"},
    {"reflectance_scale_factor": "0"},
    {"reflectance_scale_factor": "nan"},
    {"data_gain_values": "{1, 2, 3}"},
    {"data_gain_values": "{1, 2, 3, 4}", "reflectance_scale_factor": "10000"},
    {"data_offset_values": "{1, 2, 3, inf}"},
    {"map_info": "{UTM, 1, 1, 400000}"},
    {"map_info": "{UTM, 1, 1, west, 5000000, 30, 30, 33, North, WGS-84}"},
]


@pytest.mark.parametrize("changes", MUTATIONS, ids=repr)
def test_a_header_that_cannot_be_true_is_refused(image, changes):
    with pytest.raises(InputError, match=r"scene\.(hdr|img)"):
        read_scene(image(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"interleave": "BIL"},
        {"wavelength_units": None},
        {"wavelength_units": "Unknown"},
        {"wavelength_units": "µm"},
        {"wavelength": "{450, 550.1, 650, 450}", "wavelength_units": None},
        {"wavelength": "{450, 550.1, 650, 450}", "wavelength_units": "nm"},
        {"wavelength": "{4500, 5501, 6500, 4500}", "wavelength_units": "Angstroms"},
        {"sensor_type": "Unknown", "description": "{a = b,\n c}"},
        {"data_ignore_value": ""},
        {"file_compression": "0"},
    ],
    ids=repr,
)
def test_other_words_for_the_same_change_nothing(image, changes):
    plain, scene = read_scene(image()), read_scene(image(**changes))
    np.testing.assert_array_equal(scene.stored, plain.stored)
    assert scene.wavelength.tolist() == plain.wavelength.tolist()
    assert scene.meta.nodata is None


def test_a_header_without_the_byte_order_will_do_for_bytes(image):
    path = image(data=bytes(16) + bytes(range(120)), data_type="1", byte_order=None)
    assert read_scene(path).stored.ravel()[0] == 0


@pytest.mark.parametrize(
    ("field", "text", "scale", "offset"),
    [
        ("reflectance_scale_factor", "10000", (1e-4,) * 4, (0.0,) * 4),
        ("data_gain_values", "{1, 2, 3, 4}", (1.0, 2.0, 3.0, 4.0), (0.0,) * 4),
        ("data_offset_values", "{-0.1, 0, 0, 1}", (1.0,) * 4, (-0.1, 0.0, 0.0, 1.0)),
    ],
)
def test_scales_are_applied(image, field, text, scale, offset):
    scene = read_scene(image(**{field: text}))
    assert scene.meta.scale == scale
    assert scene.meta.offset == offset
    assert scene.meta.scale_declared
    physical = scene.stored * np.reshape(scale, (4, 1, 1)) + np.reshape(offset, (4, 1, 1))
    np.testing.assert_array_equal(scene.values, physical.astype(np.float32))


def test_a_header_that_is_no_text_is_refused(image):
    path = image()
    path.write_bytes(b"ENVI\ndescription = {H\xf6he}\n")
    with pytest.raises(InputError, match="a brace is not closed, or it is not UTF-8 text"):
        read_scene(path)


def test_eight_bit_signed_numbers_are_widened_unchanged(make, save):
    scene = make(dtype="i1", nodata=-5)
    result = read_scene(save(scene, "out.hdr"))
    assert result.stored.dtype == np.int16
    np.testing.assert_array_equal(result.stored, scene.stored)
    np.testing.assert_array_equal(result.values, scene.values)
