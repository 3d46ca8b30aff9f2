import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physops.errors import ParameterError, PatchError
from physops.losses import cut_patches, random_corners


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
def test_each_patch_is_a_slice_of_its_own_image(seed, size, count, bands):
    x = torch.randn(2, 3, bands, 6, 9, generator=seeded(seed))
    corners = random_corners(x, count, size, seeded(seed))
    cut = cut_patches(x, corners, size)
    assert cut.shape == (2, 3, count, bands, size, size)
    for i in range(2):
        for j in range(3):
            for n in range(count):
                row, column = corners[i, j, n].tolist()
                assert 0 <= row <= 6 - size
                assert 0 <= column <= 9 - size
                piece = x[i, j, :, row : row + size, column : column + size]
                assert torch.equal(cut[i, j, n], piece)


def test_a_generator_decides_on_the_places_and_images_differ():
    x = torch.zeros(50, 1, 30, 30)
    first = random_corners(x, 4, 8, seeded(1))
    assert torch.equal(first, random_corners(x, 4, 8, seeded(1)))
    assert not torch.equal(first, random_corners(x, 4, 8, seeded(2)))
    assert len(first.unique(dim=0)) > 40


def test_every_place_is_drawn_and_equally_often():
    corners = random_corners(torch.zeros(1, 5, 5), 9000, 3, seeded())
    _, counts = corners.unique(dim=0, return_counts=True)
    assert len(counts) == 9
    assert counts.min() > 880
    assert counts.max() < 1120


def test_the_gradient_counts_how_many_patches_hold_a_pixel():
    x = torch.zeros(1, 2, 4, 4, requires_grad=True)
    corners = torch.tensor([[[0, 0], [1, 1]]])
    cut_patches(x, corners, 3).sum().backward()
    expected = torch.zeros(4, 4)
    expected[:3, :3] += 1
    expected[1:, 1:] += 1
    assert torch.equal(x.grad[0, 0], expected)
    assert torch.equal(x.grad[0, 1], expected)


def test_patches_that_do_not_fit_are_refused():
    with pytest.raises(PatchError) as refusal:
        random_corners(torch.zeros(1, 40, 64), 2, 48)
    assert str(refusal.value) == (
        "patches of 48 x 48 pixels do not fit an image of 40 x 64; give a size of at most 40"
    )
    x = torch.arange(12.0).reshape(1, 3, 4)
    with pytest.raises(PatchError) as refusal:
        cut_patches(x, torch.tensor([[1, 1], [0, 3]]), 2)
    assert str(refusal.value) == (
        "a patch of 2 x 2 pixels that begins at (0, 3) leaves an image of 3 x 4; give corners "
        "from (0, 0) to (1, 2)"
    )
    with pytest.raises(PatchError, match=r"begins at \(-1, 0\)"):
        cut_patches(x, torch.tensor([[-1, 0]]), 2)
    with pytest.raises(PatchError, match="give a size of at most 3"):
        cut_patches(x, torch.tensor([[0, 0]]), 4)
    with pytest.raises(ParameterError, match="count is 0; give a whole number, 1 or more"):
        random_corners(torch.zeros(1, 4, 4), 0, 2)
    with pytest.raises(ParameterError, match="size is 0"):
        random_corners(torch.zeros(1, 4, 4), 1, 0)
