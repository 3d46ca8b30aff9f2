import numpy as np
import pytest
import rasterio
from PIL import Image

from anyband_models.errors import InputError
from anyband_models.scene.formats import check_writable, read_header, read_scene, source_files

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
RANDOM = np.random.default_rng(0)
NUMBERS = RANDOM.integers(0, 256, (3, 40, 50)).astype("u1")
SMOOTH = np.broadcast_to(np.linspace(20, 220, 50), (3, 40, 50)).astype("u1")


@pytest.fixture
def picture(tmp_path):
    """Writes a picture as another program would: by GDAL, which knows 16 bits."""

    def write(numbers=NUMBERS, name="picture.png", **options):
        count, height, width = numbers.shape
        size = {"count": count, "height": height, "width": width, "dtype": numbers.dtype.name}
        driver = "PNG" if name.endswith("png") else "JPEG"
        with rasterio.open(tmp_path / name, "w", driver=driver, **size, **options) as image:
            image.write(numbers)
        return tmp_path / name

    return write


@pytest.fixture
def converted(tmp_path):
    """Writes a picture in one of Pillow's modes."""

    def write(mode, name="picture.png", **options):
        image = Image.fromarray(np.ascontiguousarray(NUMBERS.transpose(1, 2, 0)))
        image.convert(mode).save(tmp_path / name, **options)
        return tmp_path / name

    return write


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_a_colour_png_comes_back_bit_for_bit_as_counts(picture, dtype):
    numbers = NUMBERS.astype(dtype) * (257 if dtype == "u2" else 1)
    scene = read_scene(picture(numbers))
    np.testing.assert_array_equal(scene.stored, numbers)
    assert scene.stored.dtype == np.dtype(dtype) == np.dtype(scene.meta.dtype)
    assert scene.wavelength.tolist() == [640.0, 550.0, 460.0]
    assert np.isnan(scene.fwhm).all()
    assert scene.meta.band_names == ("red", "green", "blue")
    assert (scene.meta.driver, scene.meta.quantity) == ("Picture", "dn")
    assert scene.meta.scale == (1.0, 1.0, 1.0)
    assert not scene.meta.scale_declared


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_a_grey_png_is_one_band_in_the_middle_of_the_visible(picture, dtype):
    scene = read_scene(picture(NUMBERS[:1].astype(dtype)))
    np.testing.assert_array_equal(scene.stored, NUMBERS[:1])
    assert scene.wavelength.tolist() == [550.0]
    assert scene.meta.band_names == ("grey",)


def test_a_jpeg_comes_back_as_near_as_its_compression_allows(picture):
    scene = read_scene(picture(SMOOTH, "picture.jpg", quality=95))
    assert np.abs(scene.stored.astype(int) - SMOOTH).max() < 6
    assert scene.wavelength.tolist() == [640.0, 550.0, 460.0]
    grey = read_scene(picture(SMOOTH[:1], "grey.jpg", quality=95))
    assert np.abs(grey.stored.astype(int) - SMOOTH[:1]).max() < 6


def test_the_users_word_counts_more_than_the_nominal_one(picture):
    scene = read_scene(
        picture(), wavelengths=np.array([600.0, 540.0, 470.0]), scale=1 / 255, quantity="radiance"
    )
    assert scene.wavelength.tolist() == [600.0, 540.0, 470.0]
    assert (scene.meta.scale, scene.meta.quantity) == ((1 / 255,) * 3, "radiance")


def test_the_name_tells_nothing(picture):
    path = picture(SMOOTH, "picture.jpg")
    path.rename(path.with_name("picture.png"))
    assert read_header(path.with_name("picture.png")).meta.layout == {"format": "JPEG"}


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_refused(converted, mode):
    with pytest.raises(InputError, match="save it without transparency, or as a GeoTIFF with a no"):
        read_scene(converted(mode))


def test_a_colour_that_stands_for_transparency_is_refused(converted):
    """GDAL has it as a mask; the same three numbers as no-data values would mask too much."""
    with pytest.raises(InputError, match="mask or an alpha band; save it without transparency"):
        read_scene(converted("RGB", transparency=(1, 2, 3)))


def test_a_grey_that_stands_for_transparency_is_no_data(converted):
    scene = read_scene(converted("L", transparency=77))
    assert scene.meta.nodata == 77
    np.testing.assert_array_equal(np.isnan(scene.values), scene.stored == 77)
    assert np.isnan(scene.values).any()


def test_a_palette_is_refused(converted):
    with pytest.raises(InputError, match=r"numbers of a palette's colours, .*; save it as RGB or"):
        read_scene(converted("P"))


def test_ink_is_refused(converted):
    with pytest.raises(InputError, match=r"amounts of ink \(CMYK\), not of light; save it as RGB"):
        read_scene(converted("CMYK", "picture.jpg"))


def test_a_mask_beside_the_picture_is_refused(picture):
    path = picture()
    path.with_name("picture.png.msk").write_text("<VRTDataset>")
    with pytest.raises(InputError, match="with a mask or an alpha band"):
        read_scene(path)


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=repr)
def test_a_truncated_jpeg_is_refused_at_every_length(converted, options):
    path = converted("RGB", "picture.jpg", **options)
    whole = path.read_bytes()
    for length in np.linspace(4, len(whole) - 3, 25).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"picture.jpg (cannot be read as|is) a .*JPEG pict"):
            read_scene(path)


def test_a_truncated_png_is_refused_at_every_length(picture):
    """By default GDAL decodes one to noise, without a word."""
    path = picture()
    whole = path.read_bytes()
    for length in np.linspace(8, len(whole) - 13, 25).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"picture.png (cannot be read as|is) a .*PNG picture"):
            read_scene(path)


def test_a_png_with_a_flipped_bit_is_refused_or_still_the_same(picture):
    path = picture()
    whole = path.read_bytes()
    refused = 0
    for place in np.linspace(8, len(whole) - 1, 60).astype(int):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        try:
            np.testing.assert_array_equal(read_scene(path).stored, NUMBERS)
        except InputError:
            refused += 1
    assert refused > 50


def test_the_source_is_one_file_and_no_picture_is_written(picture, tmp_path):
    scene = read_scene(picture())
    assert source_files(scene) == (tmp_path / "picture.png",)
    check_writable(scene, tmp_path / "out.tif")
    check_writable(scene, tmp_path / "out.hdr")


def test_a_picture_survives_a_conversion(picture, save):
    scene = read_scene(picture())
    for name in ("out.tif", "out.hdr"):
        again = read_scene(save(scene, name))
        np.testing.assert_array_equal(again.stored, NUMBERS)
        assert again.wavelength.tolist() == [640.0, 550.0, 460.0]
        assert again.meta.band_names == ("red", "green", "blue")
        assert again.meta.quantity == "dn"
