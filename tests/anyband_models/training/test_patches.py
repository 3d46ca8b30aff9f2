"""Where patches are cut."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.training.patches import Patches, corners, region_of


@given(*[st.integers(1, 40)] * 4)
def test_patches_cover_all_and_leave_nothing(rows, cols, size, stride):
    seen = np.zeros((rows, cols), bool)
    for y, x in corners(rows, cols, size, stride):
        assert y + min(size, rows) <= rows
        assert x + min(size, cols) <= cols
        seen[y : y + size, x : x + size] = True
    assert seen.all() or stride > size


def test_the_papers_patches_are_counted():
    # 64 and 32 on the 610 x 340 pixels of Pavia University.
    assert len(corners(610, 340, 64, 32)) == 19 * 10


@pytest.mark.parametrize("columns", [1, 2, 7, 8])
def test_the_left_half_is_the_smaller_one(columns):
    values = np.arange(columns, dtype=np.float32).reshape(1, 1, columns)
    assert region_of(values, "left").shape[2] == columns // 2
    assert region_of(values, "all") is values


def test_a_patch_is_one_of_the_scenes_in_eight_orientations():
    values = torch.arange(2 * 6 * 6.0).reshape(2, 6, 6)
    patches = Patches(values, 3, 3)
    rng = np.random.default_rng(0)
    turned = {
        torch.rot90(patch.flip(-1) if flip else patch, turns, (-2, -1)).numpy().tobytes()
        for patch in (values[:, y : y + 3, x : x + 3] for y in (0, 3) for x in (0, 3))
        for flip in (False, True)
        for turns in range(4)
    }
    drawn = {patches.draw(rng).contiguous().numpy().tobytes() for _ in range(600)}
    assert len(turned) == 4 * 8
    assert drawn == turned


def test_of_a_smaller_region_all_is_taken_and_its_shape_stays():
    patches = Patches(torch.arange(15.0).reshape(1, 3, 5), 8, 4)
    assert (len(patches), patches.shape) == (1, (3, 5))
    rng = np.random.default_rng(0)
    assert {tuple(patches.draw(rng).shape) for _ in range(50)} == {(1, 3, 5)}
