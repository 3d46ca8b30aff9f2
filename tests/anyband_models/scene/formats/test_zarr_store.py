import numpy as np
import pytest
import xarray as xr
import zarr
from rasterio.crs import CRS

from anyband_models.errors import InputError, ResourceError
from anyband_models.scene.formats import read_header, read_scene, source_files

# zarr says of version 3 that its summaries of metadata are no part of the format yet.
pytestmark = pytest.mark.filterwarnings("ignore::zarr.errors.ZarrUserWarning")
UTM = CRS.from_epsg(32633).to_wkt()
NUMBERS = np.arange(60, dtype="f4").reshape(3, 4, 5) / 64
VERSIONS = pytest.mark.parametrize("version", [2, 3])


def cube(numbers=NUMBERS, dims=("band", "y", "x"), **changes):
    """A cube as xarray has it, with three bands."""
    band = dims[0]
    coords = {
        "wavelength": (band, [450.0, 550.0, 650.0], {"units": "nm"}),
        "fwhm": (band, [5.0, np.nan, 7.0]),
        "good": (band, [True, False, True]),
    }
    coords = {name: entry for name, entry in (coords | changes).items() if entry is not None}
    return xr.DataArray(numbers, dims=dims, coords=coords)


@pytest.fixture
def store(tmp_path):
    """Writes a store by xarray."""

    def write(array=None, version=3, name="cube", encoding=None, **others):
        dataset = (cube() if array is None else array).to_dataset(name=name).assign(others)
        options = {"zarr_format": version, "encoding": {name: encoding or {}}}
        dataset.to_zarr(tmp_path / "scene.zarr", mode="w", **options)
        return tmp_path / "scene.zarr"

    return write


@VERSIONS
def test_a_scenes_cube_comes_back(make, store, version):
    scene = make(
        crs=UTM,
        nodata=3,
        good=np.array([True, False, True, True]),
        fwhm=np.array([5.0, np.nan, 6.5, 7.25]),
    )
    assert np.isnan(scene.values).any()
    again = read_scene(store(scene.cube, version))
    np.testing.assert_array_equal(again.values, scene.values)
    np.testing.assert_array_equal(again.wavelength, scene.wavelength)
    np.testing.assert_array_equal(again.fwhm, scene.fwhm)
    np.testing.assert_array_equal(again.good, scene.good)
    assert (again.meta.crs, again.meta.dtype) == (UTM, "<f4")
    assert (again.meta.driver, again.meta.layout) == ("Zarr", {"zarr_format": version})
    assert again.meta.quantity == "reflectance"
    assert not again.meta.scale_declared


@VERSIONS
@pytest.mark.parametrize(
    "dims",
    [("band", "y", "x"), ("channel", "rows", "cols"), ("Bands", "latitude", "Longitude")],
    ids="-".join,
)
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)], ids=str)
def test_the_axes_come_in_any_order(store, version, dims, order):
    array = cube(dims=dims).transpose(*(dims[axis] for axis in order))
    scene = read_scene(store(array, version))
    np.testing.assert_array_equal(scene.stored, NUMBERS)
    assert scene.stored.flags.c_contiguous
    assert scene.wavelength.tolist() == [450.0, 550.0, 650.0]


@VERSIONS
@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "i8", "f8", ">i2", ">f4"])
def test_numbers_come_back_in_their_type(store, version, dtype):
    numbers = (NUMBERS * 64).astype(dtype)
    scene = read_scene(store(cube(numbers), version))
    np.testing.assert_array_equal(scene.stored, numbers)
    assert scene.stored.dtype == np.dtype(scene.meta.dtype)
    assert scene.stored.dtype.newbyteorder("=") == np.dtype(dtype).newbyteorder("=")


@VERSIONS
@pytest.mark.parametrize("dtype", ["i2", "f4"])
def test_scale_offset_and_no_data_are_those_that_xarray_decodes(store, version, dtype):
    values = cube(NUMBERS.astype("f8")).where(NUMBERS[1, 2, 3] != NUMBERS)
    encoding = {"dtype": dtype, "scale_factor": 0.015625, "add_offset": -0.25, "_FillValue": -9999}
    path = store(values, version, encoding=encoding)
    scene = read_scene(path)
    assert scene.meta.scale == (0.015625,) * 3
    assert scene.meta.offset == (-0.25,) * 3
    assert (scene.meta.nodata, scene.meta.scale_declared) == (-9999, True)
    assert scene.stored.dtype == dtype
    with xr.open_zarr(path, chunks=None) as decoded:
        np.testing.assert_array_equal(scene.values, decoded["cube"].values.astype("f4"))


@VERSIONS
def test_a_missing_value_is_no_data(store, version):
    array = cube((NUMBERS * 64).astype("i2"))
    array.attrs["missing_value"] = 7
    assert read_scene(store(array, version)).meta.nodata == 7


def test_the_fill_value_of_version_2_is_no_data_unless_nobody_has_chosen_it(tmp_path):
    for fill, nodata in ((-1, -1), (0, None), (None, None)):
        group = zarr.open_group(tmp_path / "s", mode="w", zarr_format=2)
        shape = {"shape": (3, 4, 5), "dtype": "i2", "fill_value": fill}
        group.create_array("cube", **shape, attributes={"_ARRAY_DIMENSIONS": ["band", "y", "x"]})
        assert read_header(tmp_path / "s").meta.nodata == nodata


@VERSIONS
@pytest.mark.parametrize("dim", ["wavelength", "wavelengths"])
def test_the_coordinate_of_the_bands_themselves_is_read(store, version, dim):
    array = xr.DataArray(
        NUMBERS, dims=(dim, "y", "x"), coords={dim: (dim, [0.45, 0.55, 0.65], {"units": "um"})}
    )
    assert read_scene(store(array, version)).wavelength.tolist() == [450.0, 550.0, 650.0]


def test_widths_in_a_unit_of_their_own_are_turned_into_that_of_the_wavelengths(store):
    widths = ("band", [0.005, np.nan, 0.0075], {"units": "micrometers"})
    np.testing.assert_array_equal(read_scene(store(cube(fwhm=widths))).fwhm, [5.0, np.nan, 7.5])


def test_packed_wavelengths_are_unpacked(store):
    packed = ("band", np.array([4500, 5500, 6500], "i2"), {"scale_factor": 0.1, "units": "nm"})
    np.testing.assert_allclose(
        read_scene(store(cube(wavelength=packed))).wavelength, [450, 550, 650]
    )


@VERSIONS
def test_the_place_is_that_of_gdal(store, version):
    told = {"crs_wkt": UTM, "GeoTransform": "400000.0 30.0 1.0 5000000.5 2.0 -30.0"}
    path = store(cube(spatial_ref=((), 0, told)), version)
    meta = read_header(path).meta
    assert meta.crs == UTM
    assert meta.transform == (30.0, 1.0, 400000.0, 2.0, -30.0, 5000000.5)


def test_other_variables_do_not_disturb(store):
    others = {"elevation": (("y", "x"), NUMBERS[0]), "mask": (("band", "y", "x"), NUMBERS > 0.3)}
    np.testing.assert_array_equal(read_scene(store(**others)).stored, NUMBERS)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (cube(NUMBERS * 1j), "stores complex64 values; integers, float32 and float64 are read"),
        (cube(NUMBERS > 0), "stores bool values"),
        (cube(NUMBERS.astype("f2")), "stores float16 values"),
        (cube(NUMBERS[:, :0]), r"cube has the shape \(3, 0, 5\)"),
        (cube()[0], "holds no variable of three dimensions; save the one to read as the only"),
        (cube(dims=("band", "time", "x")), "are band, time, x; name them band, y and x, in any or"),
        (cube(dims=("band", "y", "lat")), "dimensions of cube are band, y, lat; name them"),
        (cube(wavelength=None), "gives no wavelengths for its 3 bands; pass --wavelengths FILE"),
        (cube(wavelength=("band", [30.0, 40.0, 50.0])), "outside 200-20000 nm"),
        (cube(wavelength=("band", list("abc"))), "wavelength has .* it must hold 3 numbers, one a"),
        (cube(wavelength=("band", [1.0, 2, 3], {"units": "Hz"})), "gives wavelengths in 'Hz', not"),
        (
            cube(good=("band", [1, 2, 1])),
            r"good must be 1 \(true\) for a good band and 0 \(false\)",
        ),
        (
            cube().assign_attrs(scale_factor=0.0),
            "cube has the scale 0 and the offset 0; a scale is",
        ),
        (
            cube().assign_attrs(scale_factor="ten"),
            "scale_factor of cube is not one number; correct",
        ),
        (cube().assign_attrs(add_offset=[1.0, 2.0]), "add_offset of cube is not one number"),
        (
            cube().assign_attrs(missing_value=-1.0),
            "with several numbers .*-1.0, nan.*; keep one of",
        ),
        (cube(spatial_ref=((), 0, {"crs_wkt": "UTM 33"})), "crs_wkt of spatial_ref is no coord"),
        (cube(spatial_ref=((), 0, {"crs_wkt": 33})), "WKT; correct or remove it"),
        (cube(spatial_ref=((), 0, {"GeoTransform": "1 2 3"})), "is not six finite numbers that"),
        (cube(spatial_ref=((), 0, {"GeoTransform": "1 0 2 3 0 4"})), "GeoTransform of spatial_ref"),
        (cube(spatial_ref=((), 0, {"GeoTransform": 5})), "GeoTransform of spatial_ref is not six"),
    ],
)
@pytest.mark.filterwarnings("ignore::zarr.errors.UnstableSpecificationWarning")
def test_what_does_not_fit_is_refused(store, array, words):
    with pytest.raises(InputError, match=words) as refused:
        read_scene(store(array))
    assert "scene.zarr" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_several_cubes_are_refused_by_their_names(store):
    with pytest.raises(InputError, match=r"holds several cubes \(cube, std\); save the one to re"):
        read_scene(store(std=cube()))


@VERSIONS
def test_axes_without_names_are_refused(tmp_path, version):
    group = zarr.open_group(tmp_path / "s", mode="w", zarr_format=version)
    group.create_array("a", data=NUMBERS)
    with pytest.raises(InputError, match="the dimensions of a are no names; name them band, y and"):
        read_scene(tmp_path / "s")


def test_a_list_of_another_length_is_refused(store):
    path = store()
    named = {"dimension_names": ("band",), "overwrite": True}
    zarr.open_group(path).create_array("fwhm", data=np.ones(2), **named)
    with pytest.raises(InputError, match=r"fwhm has the shape \(2,\) and .* must hold 3 numbers"):
        read_scene(path)


def test_a_cube_of_too_many_bands_or_too_large_is_refused_before_memory_is_taken(tmp_path):
    axes = {"chunks": (1, 10, 10), "dtype": "f4", "dimension_names": ("band", "y", "x")}
    for shape in ((10**13, 10, 10), (3, 10**7, 10**7)):
        zarr.open_group(tmp_path / "s", mode="w").create_array("cube", shape=shape, **axes)
        wavelengths = np.array([450.0, 550.0, 650.0])
        with pytest.raises(ResourceError, match="GB are available; cut the scene into parts"):
            read_scene(tmp_path / "s", wavelengths=wavelengths)


def test_the_sources_are_all_files_of_the_store(store):
    path = store()
    assert set(source_files(read_scene(path))) == {p for p in path.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", ["out.tif", "out.hdr"])
def test_a_store_survives_a_conversion(store, save, name):
    told = {"crs_wkt": UTM, "GeoTransform": "400000.0 30.0 0.0 5000000.0 0.0 -30.0"}
    encoding = {"_FillValue": -1, "scale_factor": 1e-4, "dtype": "i2"}
    scene = read_scene(store(cube(spatial_ref=((), 0, told)), encoding=encoding))
    again = read_scene(save(scene, name))
    np.testing.assert_array_equal(again.stored, scene.stored)
    np.testing.assert_array_equal(again.fwhm, scene.fwhm)
    kept = {"scale", "offset", "nodata", "transform", "quantity", "dtype"}
    assert again.meta.model_dump(include=kept) == scene.meta.model_dump(include=kept)
    assert CRS.from_wkt(again.meta.crs) == CRS.from_epsg(32633)
