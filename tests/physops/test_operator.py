import numpy as np
import pytest

from physops.errors import NotTensorError
from physops.operator import band_axis


def test_an_array_is_refused_with_what_to_do():
    """As users call it, without the type checks of the tests."""
    with pytest.raises(NotTensorError, match=r"got numpy\.ndarray; for an array pass torch\.f"):
        band_axis.__wrapped__(np.zeros((13, 2, 2)), -3, 13)
