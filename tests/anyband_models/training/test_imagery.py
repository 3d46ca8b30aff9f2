"""What is learned from, in memory and in files."""

from dataclasses import replace

import numpy as np
import pytest

from anyband_models.damage.detect import detect
from anyband_models.files import staged
from anyband_models.scene.formats import open_windows, read_scene, write_scene
from anyband_models.scene.scene import Scene
from anyband_models.training.imagery import evenly, imagery_of, split, windows_of_all


@pytest.fixture
def damaged(scene, tmp_path):
    """A scene on disk: no data in a corner, a band of zeros, and a black pixel."""
    whole = scene(rows=30, columns=40)
    stored = whole.stored.copy()
    stored[:, :3, :4] = -1.0
    stored[5] = 0.0
    stored[:, 20, 20] = 0.0
    stored[7, 4:12, 4:12] = 0.0  # dark in one band, as a measurement may be
    hurt = replace(whole.with_stored(stored), meta=whole.meta.model_copy(update={"nodata": -1.0}))
    with staged() as stage:
        write_scene(hurt, tmp_path / "scene.tif", stage)
    return tmp_path / "scene.tif"


def test_a_file_gives_what_memory_gives(damaged):
    held, filed = imagery_of(read_scene(damaged)), imagery_of(open_windows(damaged))
    assert held.shape == filed.shape == (25, 30, 40)
    for rows, cols in [(slice(0, 30), slice(0, 40)), (slice(4, 12), slice(4, 12))]:
        np.testing.assert_array_equal(filed.values(rows, cols), held.values(rows, cols))
    assert np.isnan(filed.values(slice(4, 12), slice(4, 12))[5]).all()
    assert not np.isnan(filed.values(slice(4, 12), slice(4, 12))[7]).any()


def test_a_band_that_is_dark_in_a_window_is_not_taken_for_an_empty_one(damaged):
    part = open_windows(damaged).part(slice(4, 12), slice(4, 12))
    assert isinstance(part, Scene)
    assert detect(part).missing[7].all()
    assert not detect(part, window=True).missing[7].any()


@pytest.mark.parametrize("columns", [1, 2, 7, 8])
@pytest.mark.parametrize("held_out", [0, 0.1, 0.5])
def test_a_scene_is_split_without_a_pixel_in_both_parts(scene, columns, held_out):
    imagery = imagery_of(scene(rows=10, columns=columns))
    learned, below = split(imagery, "left", held_out)
    assert learned.shape == (25, 10 - round(10 * held_out), columns // 2)
    assert below.shape == (25, round(10 * held_out), columns // 2)
    everything = imagery.values(slice(None), slice(None))
    parts = [part.values(slice(None), slice(None)) for part in (learned, below)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), everything[:, :, : columns // 2])


def test_of_a_small_part_all_is_seen_and_of_a_large_one_windows(scene):
    part, _ = split(imagery_of(scene(rows=40, columns=40)), "all", 0)
    (whole,) = part.windows(40, 1)
    assert whole.shape == (25, 40, 40)
    windows = part.windows(8, 9)
    assert {window.shape for window in windows} == {(25, 8, 8)}
    assert 4 <= len(windows) <= 9
    np.testing.assert_array_equal(windows[0], whole[:, :8, :8])
    np.testing.assert_array_equal(windows[-1], whole[:, -8:, -8:])


def test_an_empty_part_has_no_windows(scene):
    _, below = split(imagery_of(scene()), "all", 0)
    assert below.windows(8, 4) == []


def test_of_many_scenes_some_are_seen(scene):
    parts = [split(imagery_of(scene()), "all", 0)[0] for _ in range(5)]
    assert [len(windows) for windows in windows_of_all(parts, 8, 3)] == [1, 1, 1]
    assert evenly("abcdefg", 3) == ["a", "d", "g"]
    assert evenly("ab", 3) == ["a", "b"]


def test_a_pixel_that_is_black_but_for_a_water_band_is_missing_in_a_file_as_well(scene, tmp_path):
    whole = scene(rows=30, columns=40)
    stored = whole.stored.copy()
    stored[:, 5:15, 5:15] = 0.0
    stored[4] = -0.01
    with staged() as stage:
        write_scene(whole.with_stored(stored), tmp_path / "scene.tif", stage)
    held, filed = (
        imagery_of(opened(tmp_path / "scene.tif")) for opened in (read_scene, open_windows)
    )
    window = slice(2, 12), slice(8, 20)
    np.testing.assert_array_equal(filed.values(*window), held.values(*window))
    assert np.isnan(filed.values(*window)[0, 3:, :7]).all()
