import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, wasserstein_distance

from physops.distributions import js_divergence, kl_divergence, log_kl_divergence, wasserstein_1
from physops.errors import DensityError

BINS = 7
masses = st.lists(st.floats(1e-3, 1), min_size=BINS, max_size=BINS)


def shares(mass):
    values = torch.tensor(mass, dtype=torch.float64)
    return values / values.sum()


@given(masses, masses)
def test_they_are_what_scipy_computes(first, second):
    p, q = shares(first), shares(second)
    kl, js = entropy(p.numpy(), q.numpy()), jensenshannon(p.numpy(), q.numpy()) ** 2
    assert kl_divergence(p, q).item() == pytest.approx(kl, abs=1e-9)
    assert log_kl_divergence(p.log(), q.log()).item() == pytest.approx(kl, abs=1e-9)
    assert js_divergence(p, q).item() == pytest.approx(js, abs=1e-9)
    at = np.arange(BINS) * 0.3
    moved = wasserstein_distance(at, at, p.numpy(), q.numpy())
    assert wasserstein_1(p, q, 0.3).item() == pytest.approx(moved, abs=1e-9)


@given(masses, masses)
def test_their_laws(first, second):
    p, q = shares(first), shares(second)
    assert kl_divergence(p, q) >= -1e-12
    assert kl_divergence(p, p) == 0
    torch.testing.assert_close(js_divergence(p, q), js_divergence(q, p))
    torch.testing.assert_close(wasserstein_1(p, q, 1.0), wasserstein_1(q, p, 1.0))
    assert js_divergence(p, q) <= np.log(2)


def test_distributions_that_do_not_overlap_have_finite_values_and_slopes():
    p = torch.tensor([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0]])
    q = torch.tensor([[0.0, 0, 0, 1], [0, 0, 0, 1]], requires_grad=True)
    for divergence in (kl_divergence, js_divergence):
        value = divergence(p, q)
        (slope,) = torch.autograd.grad(value.sum(), q)
        assert torch.isfinite(value).all()
        assert torch.isfinite(slope).all()
    torch.testing.assert_close(js_divergence(p, q), torch.full((2,), np.log(2), dtype=p.dtype))
    assert wasserstein_1(p, q, 2.0).tolist() == [6, 5]


def test_an_empty_row_counts_nothing():
    p, empty = torch.tensor([0.5, 0.5]), torch.zeros(2)
    for one, other in ((p, empty), (empty, p), (empty, empty)):
        assert kl_divergence(one, other) == 0
        assert log_kl_divergence(one.log(), other.log()) == 0
        assert js_divergence(one, other) == 0


@pytest.mark.parametrize("divergence", [kl_divergence, log_kl_divergence, js_divergence])
def test_different_bins_are_refused(divergence):
    with pytest.raises(DensityError, match="have 2 and 3 bins; make both with one SoftHistogram"):
        divergence.__wrapped__(torch.ones(2), torch.ones(3))
