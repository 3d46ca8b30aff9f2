"""Where patches are cut."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.training.imagery import Part
from anyband_models.training.patches import Patches, corners

AS_IT_IS = Normalisation(low=-1, high=1)


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


class Given:
    """Values as they are."""

    def __init__(self, values):
        self.cube, self.shape = values.numpy(), tuple(values.shape)

    def values(self, rows, cols):
        return self.cube[:, rows, cols]


def patches_of(values, size, stride):
    part = Part(Given(values), range(values.shape[1]), range(values.shape[2]))
    return Patches(part, AS_IT_IS, size, stride)


def test_a_patch_is_one_of_the_scenes_in_eight_orientations():
    values = torch.arange(2 * 6 * 6.0).reshape(2, 6, 6)
    patches = patches_of(values, 3, 3)
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
    patches = patches_of(torch.arange(15.0).reshape(1, 3, 5), 8, 4)
    assert (len(patches), patches.shape) == (1, (3, 5))
    rng = np.random.default_rng(0)
    assert {tuple(patches.draw(rng).shape) for _ in range(50)} == {(1, 3, 5)}
