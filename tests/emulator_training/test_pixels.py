import pytest
import torch

from emulator_training.pixels import pixels
from physops.errors import BandCountError, NotFloatingError

FILL = torch.tensor([1.0, 2.0])
SEEN = torch.tensor([True, False, True])


def test_an_image_comes_back_as_it_was():
    x = torch.rand(2, 3, 4, 5)
    given = pixels(x, -3, 3, torch.ones(3))
    assert given.values.shape == (2, 4, 5, 3)
    assert torch.equal(given.image(given.values), x)


def test_what_is_missing_is_filled_and_comes_back_missing():
    x = torch.rand(3, 4)
    x[2, 1] = torch.inf
    given = pixels(x, 0, 3, FILL, SEEN)
    assert given.values[1].tolist() == [1.0, 2.0]
    assert given.missing.tolist() == [False, True, False, False]
    assert torch.isnan(given.plane(given.values.sum(-1))).tolist() == given.missing.tolist()


def test_what_is_not_seen_may_be_missing():
    x = torch.rand(3, 4)
    x[1] = torch.nan
    assert not pixels(x, 0, 3, FILL, SEEN).missing.any()


def test_half_precision_is_computed_in_single():
    given = pixels(torch.rand(3, 4).half(), 0, 3, torch.ones(3))
    assert given.values.dtype == torch.float32
    assert given.plane(given.values.sum(-1)).dtype == torch.float16


def test_other_arrays_are_refused():
    with pytest.raises(BandCountError):
        pixels(torch.rand(4, 4), 0, 3, torch.ones(3))
    with pytest.raises(NotFloatingError):
        pixels(torch.ones(3, 4, dtype=torch.int16), 0, 3, torch.ones(3))
