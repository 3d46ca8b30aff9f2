import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physops.distributions.binning import basis_variance, counts

BASES = ["linear", "bspline3"]
NODES = 12
places = st.lists(st.floats(1, NODES - 2.001), min_size=1, max_size=9)


def shared(place, basis):
    rows = torch.tensor([place], dtype=torch.float64)
    return counts(rows, torch.ones_like(rows), NODES, basis)[0]


@pytest.mark.parametrize("basis", BASES)
@given(place=places)
def test_shares_keep_mass_mean_and_variance(basis, place):
    """What is shared out is whole, about its place, and as wide as the basis says."""
    each = torch.stack([shared([one], basis) for one in place])
    nodes = torch.arange(NODES, dtype=torch.float64)
    at = torch.tensor(place, dtype=torch.float64)
    torch.testing.assert_close(each.sum(dim=1), torch.ones_like(at))
    torch.testing.assert_close(each @ nodes, at)
    assert (each > -1e-12).all()
    if basis == "bspline3":
        spread = (each * (nodes - at[:, None]) ** 2).sum(dim=1)
        torch.testing.assert_close(spread, torch.full_like(at, basis_variance(basis)))
    torch.testing.assert_close(shared(place, basis), each.sum(dim=0))


def test_the_variance_of_linear_shares_is_theirs_on_the_mean():
    """Of a value at u between two nodes it is u (1 - u), 1/6 on the mean over u."""
    u = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
    assert (u * (1 - u)).mean().item() == pytest.approx(basis_variance("linear"), abs=1e-6)


@given(place=places, seed=st.integers(0, 99))
def test_gradients_of_both_orders_are_those_of_finite_differences(place, seed):
    generator = torch.Generator().manual_seed(seed)
    rows = torch.tensor([place, place[::-1]], dtype=torch.float64, requires_grad=True)
    weight = torch.rand(rows.shape, generator=generator, dtype=torch.float64)

    def binned(values):
        return counts(values, weight, NODES, "bspline3")

    away = (rows - rows.round()).abs().min() > 1e-4  # the third derivative jumps at the nodes
    if away:
        assert torch.autograd.gradcheck(binned, (rows,))
        assert torch.autograd.gradgradcheck(binned, (rows,))
