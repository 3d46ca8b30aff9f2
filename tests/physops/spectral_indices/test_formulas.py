"""What holds for the way an image goes through formulas, there and back."""

import numpy as np
import pytest
import torch

import physops
from physops.errors import NotFloatingError, NotReflectanceError, ParameterError

NAMES = ["NDVI", "SAVI", "TVI"]  # the root of TVI has no value for some


def image(*shape):
    x = 0.05 + 0.9 * torch.rand(*shape, generator=torch.Generator().manual_seed(0))
    x[..., 0, 0] = 0.0
    return x


def both(x, make):
    """Return the gradient of a loss in our indices, and in the same written out in torch."""
    z = x.clone().requires_grad_()
    make(physops.get("ndvi", sensor="S2A")(z)).backward()
    n, r = (x[:, c].clone().requires_grad_() for c in (7, 3))
    make((n - r) / (n + r)).backward()
    return z.grad[:, 7], n.grad


def test_what_is_lost_further_on_gives_no_gradient():
    """The slope of a loss is NaN where the index is, even if the loss leaves the pixel out."""
    ours, _ = both(image(2, 13, 4, 5), lambda y: torch.where(y.isfinite(), (y - 0.5) ** 2, 0).sum())
    assert torch.isfinite(ours).all()
    assert (ours[:, 0, 0] == 0).all()
    assert (ours[:, 1:] != 0).all()


@pytest.mark.parametrize("factor", [torch.nan, torch.inf])
def test_a_loss_that_overflows_is_seen(factor):
    ours, theirs = both(0.1 + image(2, 13, 4, 5), lambda y: (y * factor).sum())
    torch.testing.assert_close(torch.isfinite(ours), torch.isfinite(theirs))
    assert not torch.isfinite(ours).any()


@pytest.mark.parametrize("dim", [0, 1, 3])
def test_a_result_may_be_changed_in_place(dim):
    x = (0.1 + image(2, 13, 4, 5)).movedim(1, dim)
    for operator in (
        physops.get("ndvi", sensor="S2A"),
        physops.indices(["NDVI", "SAVI"], sensor="S2A"),
    ):
        changed, doubled = x.clone().requires_grad_(), x.clone().requires_grad_()
        operator(changed, band_dim=dim).mul_(2).sum().backward()
        (2 * operator(doubled, band_dim=dim)).sum().backward()
        torch.testing.assert_close(changed.grad, doubled.grad)


def test_mapped_it_is_the_batch():
    operator = physops.indices(NAMES, sensor="S2A")
    x = image(6, 13, 4, 5)
    torch.testing.assert_close(torch.func.vmap(operator)(x), operator(x), equal_nan=True)
    along_rows = torch.func.vmap(lambda row: operator(row, band_dim=-2), in_dims=2, out_dims=2)
    torch.testing.assert_close(along_rows(x), operator(x), equal_nan=True)

    def loss(one):
        return torch.nan_to_num(operator(one)).sum()

    slopes = torch.func.vmap(torch.func.grad(loss))(x)
    z = x.clone().requires_grad_()
    torch.nan_to_num(operator(z)).sum().backward()
    torch.testing.assert_close(slopes, z.grad)


def test_pieces_are_joined_as_they_were():
    """More pixels than fit a piece, of several images and in several layouts."""
    operator = physops.indices(NAMES, sensor="S2A")
    x = image(2, 13, 200, 210).double()
    z = x.clone().requires_grad_()
    torch.nansum(operator(z)).backward()
    few = x[:, :, 77:79, 100:105].clone().requires_grad_()
    torch.nansum(operator(few)).backward()
    torch.testing.assert_close(z.grad[:, :, 77:79, 100:105], few.grad)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_slope_that_half_precision_cannot_hold_is_none(dtype):
    x = torch.full((13, 1, 1), 0.5, dtype=dtype)
    x[3] = 1e-3
    z = x.requires_grad_()
    physops.get("SR", sensor="S2A")(z).sum().backward()
    assert torch.isfinite(z.grad).all()


def test_a_constant_that_makes_an_index_depend_on_the_scale_is_known_to():
    x = torch.arange(1000.0, 14000.0, 1000.0).reshape(13, 1, 1)
    assert physops.get("savi2", sensor="S2A").spec.degree == 0
    with pytest.raises(NotReflectanceError, match="SAVI2 needs reflectance"):
        physops.get("savi2", sensor="S2A", slb=0.1)(x)
    assert physops.get("savi2", sensor="S2A", slb=0.1).spec.constants["slb"] == 0.1


def test_a_formula_of_wavelengths_alone_has_no_gradient():
    physops.register_formula("apart", "lambdaN - lambdaR", reference="-")
    try:
        z = image(2, 13, 2, 2).requires_grad_()
        physops.get("apart", sensor="S2A")(z).sum().backward()
        assert not z.grad.any()
    finally:
        physops.unregister("apart")


def test_named_operands_of_many_kinds():
    ndvi = physops.get("ndvi")
    on_another = ndvi.evaluate({"N": torch.rand(3, device="meta"), "R": 0.1})
    assert (on_another.device.type, on_another.shape) == ("meta", (3,))
    assert ndvi.evaluate({"N": np.int64(4), "R": np.float32(1)}).item() == 0.6
    masked = np.ma.masked_array([0.4, -9999.0], mask=[False, True])
    found = ndvi.evaluate({"N": masked, "R": np.array([0.1, 0.1])})
    torch.testing.assert_close(
        found, torch.tensor([0.6, torch.nan], dtype=torch.float64), equal_nan=True
    )


def test_complex_numbers_and_a_scale_of_zero_are_refused():
    scaled = physops.get("ndvi", sensor="S2A", scale=1e-4)
    with pytest.raises(NotFloatingError, match=r"got torch\.complex64"):
        scaled._check_dtype(torch.zeros(1, dtype=torch.complex64))
    with pytest.raises(ParameterError, match="scale is 0; give a number that is not zero"):
        physops.get("ndvi", sensor="S2A", scale=0)
