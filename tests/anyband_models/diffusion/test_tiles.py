import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.diffusion.tiles import tiles

SIZES = st.integers(1, 40)


def blended(made, rows, cols, size, overlap):
    total, weight = torch.zeros(rows, cols), torch.zeros(rows, cols)
    for place in tiles(rows, cols, size, overlap):
        total[place.rows, place.cols] += place.weight * made(place)
        weight[place.rows, place.cols] += place.weight
    return total / weight


@given(rows=SIZES, cols=SIZES, size=st.integers(1, 45), share=st.floats(0, 0.9))
def test_tiles_cover_an_image_and_count_everywhere(rows, cols, size, share):
    overlap = int(share * size)
    seen = torch.zeros(rows, cols)
    for place in tiles(rows, cols, size, overlap):
        assert torch.all(place.weight > 0)
        high, wide = place.weight.shape
        assert (high, wide) == (min(rows, size), min(cols, size))
        assert (place.rows.stop - place.rows.start, place.cols.stop - place.cols.start) == (
            high,
            wide,
        )
        seen[place.rows, place.cols] += 1
    assert torch.all(seen >= 1)


@given(rows=SIZES, cols=SIZES, size=st.integers(1, 45), share=st.floats(0, 0.9))
def test_what_tiles_agree_on_is_left_as_it_is(rows, cols, size, share):
    image = torch.rand(rows, cols) + 0.5
    found = blended(lambda at: image[at.rows, at.cols], rows, cols, size, int(share * size))
    torch.testing.assert_close(found, image, rtol=1e-6, atol=0)


@pytest.mark.parametrize("size", [12, 13, 100])
def test_a_small_image_is_one_tile(size):
    (only,) = tiles(12, 7, size, size // 4)
    assert (only.rows, only.cols) == (slice(0, 12), slice(0, 7))


def test_one_tile_fades_into_the_next():
    found = blended(lambda at: torch.tensor(float(at.cols.start > 0)), 1, 28, 16, 4)[0]
    assert torch.equal(found[:12], torch.zeros(12))
    assert torch.equal(found[16:], torch.ones(12))
    torch.testing.assert_close(found[12:16], torch.tensor([0.2, 0.4, 0.6, 0.8]))
