"""What goes into a file comes out of it: every pair of formats, numbers and all that is known."""

import tempfile
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS

from anyband_models.errors import InputError
from anyband_models.files import staged
from anyband_models.scene.formats import read_header, read_scene, write_scene
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.scene import make_scene

INTEGERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
SYSTEMS = [CRS.from_epsg(code).to_wkt() for code in (4326, 32633, 32733, 3035, 3857, 2056)]
KEPT = ("scale", "offset", "scale_declared", "nodata", "quantity", "band_names", "crs")
WRITTEN = ["out.tif", "out.hdr", "out.bil", "out.bip", "out.bsq"]

names = st.text(
    st.characters(codec="utf-8", exclude_characters=",{}", categories="LNPS"), max_size=9
)
sizes = st.floats(0.1, 1e4)
places = st.floats(-1e7, 1e7)


@st.composite
def transforms(draw):
    a, e, c, f = draw(sizes), draw(sizes), draw(places), draw(places)
    b, d = draw(st.one_of(st.just((0.0, 0.0)), st.tuples(sizes, sizes)))
    return a, b, c, d, draw(st.sampled_from([e, -e])), f


def no_data(dtype):
    if dtype.kind == "f":
        value = st.sampled_from([np.nan, -9999.0, 0.0, -9999.900390625, -3.4028234663852886e38])
    else:
        limits = np.iinfo(dtype)
        exact = 2**53
        value = st.integers(max(limits.min, -exact), min(limits.max, exact))
    return st.none() | value


def scales(bands):
    numbers = st.floats(1e-6, 1e3)
    each = st.lists(numbers, min_size=bands, max_size=bands).map(tuple)
    return st.sampled_from([1.0, 1e-4, 1 / 3]).map(lambda scale: (scale,) * bands) | each


@st.composite
def scenes(draw, dtypes=(*INTEGERS, "f4", "f8"), orders="<>"):
    shape = bands, _, _ = draw(st.tuples(*[st.integers(1, 5)] * 3))
    dtype = np.dtype(draw(st.sampled_from(orders)) + draw(st.sampled_from(dtypes)))
    seed = np.random.default_rng(draw(st.integers(0, 2**32)))
    stored = np.frombuffer(seed.bytes(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape)
    if dtype.kind == "f":
        stored = seed.normal(size=shape).astype(dtype)
        stored[..., 0] = draw(st.sampled_from([0.5, -0.0, np.nan, np.inf]))
    scale = draw(scales(bands))
    offset = draw(st.just((0.0,) * bands) | scales(bands))
    plain = set(scale) == {1} and set(offset) == {0}
    meta = SceneMeta(
        dtype=dtype.str,
        scale=scale,
        offset=offset,
        scale_declared=draw(st.booleans()) if plain else True,
        nodata=draw(no_data(dtype)),
        quantity=draw(st.sampled_from(Quantity)),
        band_names=draw(st.just(()) | st.lists(names, min_size=bands, max_size=bands).filter(any)),
        crs=draw(st.just("") | st.sampled_from(SYSTEMS)),
        transform=draw(st.none() | transforms()),
    )
    per_band = {"min_size": bands, "max_size": bands}
    wavelength = draw(st.lists(st.floats(200, 20_000), **per_band))
    fwhm = draw(st.lists(st.just(np.nan) | st.floats(0.5, 500), **per_band))
    good = draw(st.lists(st.booleans(), **per_band))
    return make_scene(stored, meta, np.array(wavelength), np.array(fwhm), np.array(good))


def round_trip(scene, folder, name):
    with staged(overwrite=True) as stage:
        write_scene(scene, Path(folder) / name, stage)
    return read_scene(Path(folder) / name)


def assert_same(result, scene, same_dtype=True):
    assert result.stored.tobytes() == scene.stored.astype(result.stored.dtype).tobytes()
    assert not same_dtype or result.stored.dtype == scene.stored.dtype
    np.testing.assert_array_equal(result.wavelength, scene.wavelength)
    np.testing.assert_array_equal(result.fwhm, scene.fwhm)
    np.testing.assert_array_equal(result.good, scene.good)
    # A zero's sign says nothing of a place.
    assert result.meta.transform == scene.meta.transform
    for field in KEPT:
        # As text, in which NaN equals NaN.
        assert repr(getattr(result.meta, field)) == repr(getattr(scene.meta, field)), field


@settings(max_examples=150)
@given(scenes(dtypes=(*INTEGERS[1:], "f4", "f8")), st.sampled_from(WRITTEN[1:]))
def test_envi_keeps_everything(scene, name):
    with tempfile.TemporaryDirectory() as folder:
        result = round_trip(scene, folder, name)
        assert_same(result, scene)
        assert_same(round_trip(result, folder, "again.hdr"), result)


@settings(max_examples=150)
@given(scenes(orders="<"))
def test_geotiff_keeps_everything(scene):
    with tempfile.TemporaryDirectory() as folder:
        result = round_trip(scene, folder, "out.tif")
        assert_same(result, scene)
        again = round_trip(result, folder, "again.tif")
        assert_same(again, result)
        assert again.meta.layout == result.meta.layout
        assert again.meta.extra == result.meta.extra


@settings(max_examples=100)
@given(scenes(), st.sampled_from(WRITTEN), st.sampled_from(WRITTEN))
def test_a_scene_survives_two_formats(scene, first, second):
    with tempfile.TemporaryDirectory() as folder:
        once = round_trip(scene, folder, "1" + first)
        assert_same(once, scene, same_dtype=False)
        assert_same(round_trip(once, folder, "2" + second), scene, same_dtype=False)


def save_npz(path, cube, wavelength):
    with path.open("wb") as file:
        np.savez_compressed(file, cube=cube, wavelength_nm=wavelength)


def save_mat5(path, cube, wavelength):
    with path.open("wb") as file:
        scipy.io.savemat(file, {"cube": cube, "wavelength": wavelength}, do_compression=True)


def save_mat73(path, cube, wavelength):
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_dataset("cube", data=cube.T)
        file.create_dataset("wavelength", data=wavelength.reshape(-1, 1))
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


@pytest.mark.parametrize("save", [save_npz, save_mat5, save_mat73])
@settings(max_examples=30)
@given(scenes(orders="<"), st.sampled_from(["out.tif", "out.hdr"]))
def test_numpy_and_matlab_files_survive_a_conversion(save, scene, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.bin"
        save(path, scene.stored.transpose(1, 2, 0), scene.wavelength)
        source = read_scene(path)
        assert source.stored.tobytes() == scene.stored.tobytes()
        assert source.stored.dtype == scene.stored.dtype
        np.testing.assert_array_equal(source.wavelength, scene.wavelength)
        assert_same(round_trip(source, folder, name), source, same_dtype=False)


def test_a_real_mosaic_survives_both_formats(shared_data, tmp_path):
    path = shared_data / "hyperspectral" / "enmap_potsdam_mosaic.npz"
    with np.load(path) as archive:
        cube = archive["cube"].transpose(2, 0, 1)
        wavelength, fwhm = archive["wavelength_nm"], archive["fwhm_nm"]
        good = archive["bbl"] == 1
    bands = len(cube)
    stored = np.where(np.isnan(cube), -32768, np.rint(cube)).astype("<i2")
    meta = SceneMeta(
        dtype="<i2",
        scale=(1e-4,) * bands,
        offset=(0.0,) * bands,
        scale_declared=True,
        nodata=-32768,
        crs=SYSTEMS[1],
        transform=(30.0, 0.0, 360_000.5, 0.0, -30.0, 5_810_000.25),
    )
    scene = make_scene(stored, meta, wavelength, fwhm, good)
    for name in ("mosaic.tif", "mosaic.hdr", "mosaic.bil"):
        result = round_trip(scene, tmp_path, name)
        assert_same(result, scene)
        np.testing.assert_array_equal(result.values, scene.values)
    with rasterio.open(tmp_path / "mosaic.tif") as plain:
        read = [float(plain.tags(band)["wavelength"]) for band in plain.indexes]
        assert read == wavelength.tolist()


@pytest.mark.parametrize("name", ["indices.tif", "indices.hdr"])
def test_bands_that_have_no_wavelength_are_given_none(make, save, name):
    image = make((2, 4, 5), dtype="<f4", band_names=("NDVI", "EVI"), nodata=float("nan"))
    path = save(replace(image, wavelength=np.full(2, np.nan)), name)
    header = read_header(path)
    assert header.bands.wavelength == header.bands.fwhm == ()
    assert header.meta.band_names == ("NDVI", "EVI")
    np.testing.assert_array_equal(header.load(), image.stored)
    with pytest.raises(InputError, match="gives no wavelengths for its 2 bands"):
        read_scene(path)
