import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.scene.pixels import as_pixels, by_pattern


@given(arrays(bool, st.tuples(st.integers(1, 20), st.integers(0, 30))))
def test_each_pixel_is_in_the_one_group_that_has_its_column(mask):
    groups = list(by_pattern(mask))
    for pattern, pixels in groups:
        assert np.all(mask[:, pixels] == pattern[:, np.newaxis])
        assert np.all(np.diff(pixels) > 0)
    everyone = [pixel for _, pixels in groups for pixel in pixels]
    assert sorted(everyone) == list(range(mask.shape[1]))
    assert len(groups) == len({column.tobytes() for column in mask.T})


def test_a_cube_is_not_copied():
    cube = np.zeros((2, 3, 4))
    assert np.shares_memory(as_pixels(cube), cube)
    assert as_pixels(cube).shape == (2, 12)
