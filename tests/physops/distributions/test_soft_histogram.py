import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physops.distributions import SoftHistogram, kl_divergence, log_kl_divergence
from physops.errors import DensityError, NotFloatingError


def exact_logs(values, histogram):
    """Return the logarithm of the kernel density, each value by itself, with unit sum."""
    apart = (values[..., None] - histogram.centres.to(values)) / histogram.bandwidth
    return torch.log_softmax(torch.logsumexp(-(apart**2) / 2, dim=-2), dim=-1)


def normal(mean, spread, *shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return mean + spread * torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("basis", "tolerance"), [("bspline3", 1e-4), ("linear", 1e-2)])
@pytest.mark.parametrize("bandwidth", [0.03, 0.06, 0.2])
def test_it_is_the_exact_density(basis, tolerance, bandwidth):
    histogram = SoftHistogram(-1.2, 1.2, 128, bandwidth, basis)
    values = torch.stack([normal(0.3, 0.2, 500), normal(-0.5, 0.05, 500, seed=1)])
    exact = exact_logs(values, histogram).exp()
    assert (histogram(values) - exact).abs().max() < tolerance * exact.max()
    torch.testing.assert_close(histogram(values).sum(dim=-1), torch.ones(2, dtype=torch.float64))


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=20), st.randoms())
def test_the_order_of_values_does_not_matter_and_a_row_is_by_itself(values, random):
    histogram = SoftHistogram(-1, 1, 32)
    one = torch.tensor(values, dtype=torch.float64)
    random.shuffle(values)
    both = histogram(torch.stack([torch.tensor(values, dtype=torch.float64), -one]))
    torch.testing.assert_close(both[0], histogram(one))
    torch.testing.assert_close(both[1], both[0].flip(-1))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_values_that_are_masked_or_not_finite_do_not_count(bad):
    histogram, values = SoftHistogram(-1, 1, 32), normal(0, 0.3, 3, 40)
    kept = values[:, :30]
    mask = torch.arange(40) < 30
    spoilt = torch.where(mask, values, bad).requires_grad_()
    for result in (histogram(values, mask), histogram(spoilt)):
        torch.testing.assert_close(result, histogram(kept))
    histogram.log(spoilt).sum().backward()
    assert torch.isfinite(spoilt.grad).all()
    assert not spoilt.grad[:, 30:].any()
    assert spoilt.grad[:, :30].any()


def test_values_outside_count_at_the_ends_and_are_told():
    histogram = SoftHistogram(-1, 1, 32)
    values = torch.tensor([[-5.0, 0.0, 1.5, torch.nan], [0.1, 0.2, 0.3, 0.4]])
    torch.testing.assert_close(histogram(values), histogram(values.clamp(-1, 1)))
    torch.testing.assert_close(histogram.clipped(values), torch.tensor([2 / 3, 0]))


def test_a_row_without_values_is_empty_and_has_no_slope():
    histogram = SoftHistogram(-1, 1, 32)
    values = torch.full((2, 5), torch.nan)
    values[1] = 0.25
    values.requires_grad_()
    shares, logs = histogram(values), histogram.log(values)
    assert not shares[0].any()
    assert torch.isneginf(logs[0]).all()
    some = histogram(torch.rand(2, 5, generator=torch.Generator().manual_seed(0)) - 0.5)
    loss = kl_divergence(some, shares) + log_kl_divergence(some.log(), logs)
    assert loss[0] == 0
    loss.sum().backward()
    assert torch.isfinite(values.grad).all()
    assert not values.grad[0].any()


def test_logarithms_are_those_of_the_shares():
    histogram, values = SoftHistogram(-1.2, 1.2, 128, 0.06), normal(0.2, 0.3, 4, 300)
    shares = histogram(values)
    seen = shares > 1e-12
    torch.testing.assert_close(histogram.log(values)[seen], shares[seen].log(), rtol=0, atol=1e-4)
    assert torch.isfinite(histogram.log(values.float())).all()


@pytest.mark.parametrize("apart", [0.1, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_gradient_in_logarithms_is_right_however_far_apart(apart, dtype):
    """In single precision, and over 50 bandwidths, against the exact density in doubles."""
    histogram = SoftHistogram(-1.2, 1.2, 128, 0.03)
    p, q = normal(-0.8, 0.05, 400), normal(-0.8 + apart, 0.05, 400, seed=1)
    slopes = []
    for values, logs in ((q, exact_logs), (q.to(dtype), lambda v, h: h.log(v))):
        leaf = values.clone().requires_grad_()
        log_kl_divergence(logs(p.to(leaf), histogram), logs(leaf, histogram)).backward()
        slopes.append(leaf.grad.double())
    assert torch.nn.functional.cosine_similarity(*slopes, dim=0) > 0.999


def test_gradients_are_those_of_finite_differences():
    histogram = SoftHistogram(-1, 1, 16)
    values = normal(0, 0.4, 2, 6).requires_grad_()
    assert torch.autograd.gradcheck(histogram, (values,))
    assert torch.autograd.gradgradcheck(histogram, (values,))
    assert torch.autograd.gradcheck(histogram.log, (values,))


@pytest.mark.parametrize("shape", [(7,), (2, 7), (2, 3, 4, 7), (0, 7), (2, 0)])
def test_any_shape(shape):
    histogram, values = SoftHistogram(-1, 1, 16), torch.zeros(shape)
    assert histogram(values).shape == histogram.log(values).shape == (*shape[:-1], 16)


def test_half_precision_comes_out_single():
    values = normal(0, 0.3, 100)
    single = SoftHistogram(-1, 1)(values.bfloat16())
    assert single.dtype == torch.float32
    assert (single - SoftHistogram(-1, 1)(values)).abs().max() < 2e-3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((1, -1), "the range runs from 1 to -1; give low < high"),
        ((0, float("nan")), "the range runs from 0 to nan"),
        ((0, 1, 1), "there are 1 bins; give a whole number, two or more"),
        (
            (0, 1, 10, 0.05),
            r"the bandwidth 0\.05 is less than a bin, 0\.1; give more bins, or a la",
        ),
        ((0, 1, 10, float("nan")), "the bandwidth nan is"),
        ((0, 1, 10, 0.2, "cubic"), "the basis is 'cubic'; choose 'linear' or 'bspline3'"),
    ],
)
def test_what_makes_no_density_is_refused(arguments, sentence):
    with pytest.raises(DensityError, match=sentence):
        SoftHistogram.__init__.__wrapped__(SoftHistogram(0, 1), *arguments)


def test_whole_numbers_are_refused():
    with pytest.raises(NotFloatingError, match=r"got torch\.int64"):
        SoftHistogram.forward.__wrapped__(SoftHistogram(0, 1), torch.ones(3, dtype=torch.int64))


def test_it_says_what_it_is():
    assert str(SoftHistogram(-1, 1)) == (
        "SoftHistogram(128 bins from -1 to 1, bandwidth 0.03125, bspline3)"
    )


def test_twins_of_a_patch_are_the_same_whatever_the_patch_beside_them():
    rng = np.random.default_rng(0)
    patches = torch.from_numpy(rng.uniform(-1, 1, (5, 200)).astype(np.float32))
    histogram = SoftHistogram(-1, 1)
    torch.testing.assert_close(histogram(patches)[3], histogram(patches[3]))
