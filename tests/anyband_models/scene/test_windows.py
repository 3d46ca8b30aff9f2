"""Scenes that stay in their files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.errors import InputError, ScaleError
from anyband_models.scene.formats import open_windows
from anyband_models.scene.opening import open_windowed
from anyband_models.scene.windows import spread


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 40), st.integers(1, 70))
def test_windows_are_few_of_one_size_and_inside(rows, cols, side, count):
    windows = spread(rows, cols, side, count)
    assert 1 <= len(windows) <= count
    sizes = {(y.stop - y.start, x.stop - x.start) for y, x in windows}
    whole = rows * cols <= count * side**2
    assert sizes == ({(rows, cols)} if whole else {(min(rows, side), min(cols, side))})
    assert all(y.start >= 0 and y.stop <= rows for y, _ in windows)
    assert all(x.start >= 0 and x.stop <= cols for _, x in windows)
    assert len(set(map(str, windows))) == len(windows)


def test_one_window_lies_in_the_middle_where_a_swath_has_data():
    assert spread(80, 80, 64, 1) == [(slice(8, 72), slice(8, 72))]
    lefts = {x.start for _, x in spread(600, 300, 64, 3)}
    assert lefts == {118}


def test_a_scene_that_comes_with_a_package_is_there_as_a_whole():
    assert open_windowed(Path("indian-pines")).values.shape == (200, 145, 145)


def test_what_is_too_large_for_one_window_is_cut_if_that_is_asked():
    assert spread(30, 900, 128, 2) == [(slice(0, 30), slice(0, 900))]
    cut = spread(30, 900, 128, 2, 128**2)
    assert cut == [(slice(0, 30), slice(0, 128)), (slice(0, 30), slice(772, 900))]


def test_large_scenes_are_seen_from_edge_to_edge():
    windows = spread(1000, 500, 64, 64)
    assert windows[0] == (slice(0, 64), slice(0, 64))
    assert windows[-1] == (slice(936, 1000), slice(436, 500))
    assert len(windows) > 50


def test_a_format_that_is_read_as_a_whole_says_so(tmp_path):
    path = tmp_path / "scene.npz"
    np.savez(path, cube=np.full((4, 5, 3), 0.2, np.float32), wavelength=[500.0, 600.0, 700.0])
    with pytest.raises(InputError) as refused:
        open_windows(path)
    assert str(refused.value) == (
        f"{path} cannot be read window by window; save it as GeoTIFF, ENVI or Zarr, or let "
        "scenes be read as a whole"
    )


def test_counts_that_are_said_to_be_reflectance_are_refused_by_a_sample(tmp_path):
    import rasterio

    path = tmp_path / "counts.tif"
    with rasterio.open(
        path, "w", "GTiff", width=600, height=500, count=3, dtype="uint16", nodata=0,
        transform=rasterio.Affine(1, 0, 5, 0, -1, 7),
    ) as file:  # fmt: skip
        file.write(np.full((3, 500, 600), 3000, np.uint16))
    wavelengths = np.array([500.0, 600.0, 700.0])
    with pytest.raises(ScaleError, match="pass --scale 1e-4"):
        open_windowed(path, wavelengths=wavelengths)
    scene = open_windowed(path, wavelengths=wavelengths, scale=1e-4)
    assert scene.sample.values.size < 3 * 500 * 600
    np.testing.assert_allclose(scene.part(slice(3, 5), slice(7, 10)).values, 0.3, rtol=1e-6)
