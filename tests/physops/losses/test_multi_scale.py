import pytest
import torch

from physops.errors import ParameterError
from physops.losses import ImageLoss, MultiScaleLoss, PixelLoss, RegionLoss


def built(**weights):
    return MultiScaleLoss(
        PixelLoss(),
        RegionLoss(["ndvi", "ndwi"], sensor="S2A", size=6),
        ImageLoss("nbr", sensor="S2A"),
        **weights,
    )


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_it_is_the_weighted_sum_of_its_terms(estimate, truth):
    loss = built()
    total, terms = loss(estimate, truth, generator=seeded())
    assert total.shape == (2,)
    torch.testing.assert_close(terms["pixel"], loss.pixel(estimate, truth))
    alone = loss.region(estimate, truth, generator=seeded())
    torch.testing.assert_close(terms["region"], alone)
    torch.testing.assert_close(terms["image"], loss.image(estimate, truth))
    weighted = terms["pixel"] + 0.5 * terms["region"] + 0.2 * terms["image"]
    torch.testing.assert_close(total, weighted)


def test_weights_can_be_changed_and_terms_left_out(estimate, truth):
    scaled = built(pixel_weight=0.0, region_weight=0.0, image_weight=3.0)(estimate, truth)
    torch.testing.assert_close(scaled.total, 3 * scaled.terms["image"])
    alone = MultiScaleLoss(image=ImageLoss("nbr", sensor="S2A"))(estimate, truth)
    assert list(alone.terms) == ["image"]
    torch.testing.assert_close(alone.total, 0.2 * scaled.terms["image"])


def test_everything_that_real_images_hold_leaves_gradients_finite(spoilt, truth):
    mask = torch.rand(12, 12, generator=seeded(5)) < 0.7
    truth[1, 4] = torch.nan
    for dtype in (torch.float32, torch.float64):
        x = spoilt.to(dtype).requires_grad_()
        total, terms = built()(x, truth.to(dtype), mask, generator=seeded())
        assert all(torch.isfinite(term).all() for term in terms.values())
        total.sum().backward()
        assert torch.isfinite(x.grad).all()
        assert (x.grad[:, :, ~mask] == 0).all()
        assert (x.grad[1, 4] == 0).all()
        assert (x.grad != 0).any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_autocast_changes_nothing(estimate, truth, dtype):
    x, y = estimate.to(dtype).requires_grad_(), truth.to(dtype)
    plain = built()(x, y, generator=seeded())
    (slope,) = torch.autograd.grad(plain.total.sum(), x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = built()(x, y, generator=seeded())
        (coarse,) = torch.autograd.grad(found.total.sum(), x, retain_graph=True)
    torch.testing.assert_close(found.total, plain.total)
    torch.testing.assert_close(torch.autograd.grad(found.total.sum(), x)[0], slope)
    assert torch.isfinite(coarse).all()  # torch shortens its own products on the way back


def test_a_batch_of_no_images_has_no_losses(estimate, truth):
    x = estimate[:0].requires_grad_()
    total, terms = built()(x, truth[:0])
    assert total.shape == (0,)
    assert [term.shape for term in terms.values()] == [(0,)] * 3
    total.sum().backward()
    assert x.grad.shape == x.shape


def test_images_do_not_touch_each_other(estimate, truth):
    loss = built()
    loss.region.size = 12  # one place: the same patches whatever is drawn
    both = loss(estimate, truth).total
    for i in range(2):
        torch.testing.assert_close(loss(estimate[i], truth[i]).total, both[i])


def test_a_step_down_its_gradient_makes_it_smaller(estimate, truth):
    loss, x = built(), estimate.clone().requires_grad_()
    first = loss(x, truth, generator=seeded()).total.sum()
    (slope,) = torch.autograd.grad(first, x)
    after = loss(x - 1e-4 * slope / slope.norm(), truth, generator=seeded()).total.sum()
    assert after < first


def test_bad_weights_and_no_terms_are_refused():
    with pytest.raises(ParameterError, match="image_weight is -1; give a number, 0 or more"):
        built(image_weight=-1)
    with pytest.raises(ParameterError, match="one of the terms, or more"):
        MultiScaleLoss()
