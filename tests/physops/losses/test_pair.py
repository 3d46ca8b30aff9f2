import pytest
import torch

from physops.errors import NotFloatingError, PairError
from physops.losses.pair import check_pair, known_in_both


def test_what_is_unknown_in_one_is_unknown_in_both():
    estimate, truth = torch.ones(1, 2, 2), torch.zeros(1, 2, 2)
    estimate[0, 0, 0], truth[0, 0, 1] = torch.inf, torch.nan
    mask = torch.tensor([[True, True], [False, True]])
    ours, theirs = known_in_both(estimate, truth, mask)
    assert torch.equal(torch.isnan(ours), torch.isnan(theirs))
    assert torch.isnan(ours)[0].tolist() == [[True, True], [True, False]]
    assert (ours[0, 1, 1], theirs[0, 1, 1]) == (1, 0)


def test_images_that_do_not_fit_are_refused():
    x = torch.zeros(2, 3, 4, 4)
    with pytest.raises(PairError) as refusal:
        check_pair(x, x[:1], None)
    assert str(refusal.value) == (
        "an estimate of shape (2, 3, 4, 4) is compared with a truth of shape (1, 3, 4, 4); give "
        "two images (*batch, band, row, col) of one shape, and a mask that fits them"
    )
    with pytest.raises(PairError, match=r"and a mask of shape \(5, 1\)"):
        check_pair(x, x, torch.ones(5, 1, dtype=torch.bool))
    with pytest.raises(PairError, match=r"a mask that fits them: mask\[\.\.\., None, :, :\]$"):
        check_pair(x, x, torch.ones(2, 4, 4, dtype=torch.bool))
    with pytest.raises(PairError, match="two images"):
        check_pair(torch.zeros(3, 4), torch.zeros(3, 4), None)
    with pytest.raises(NotFloatingError):
        check_pair(x, x.int(), None)
