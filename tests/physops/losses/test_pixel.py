import numpy as np
import pytest
import torch

from physops.errors import PairError, PriorError
from physops.losses import PixelLoss


def corrcoef(image):
    return np.corrcoef(image.flatten(1).numpy())


def test_it_is_the_squared_frobenius_distance_from_a_prior(estimate, truth):
    prior = torch.eye(13, dtype=torch.float64)
    loss = PixelLoss(prior, floor=1e-9)(estimate, truth)
    expected = [np.square(corrcoef(image) - np.eye(13)).sum() for image in estimate]
    np.testing.assert_allclose(loss.numpy(), expected, rtol=1e-9)
    mean = PixelLoss(prior, floor=1e-9, per_pair=True)(estimate, truth)
    np.testing.assert_allclose(mean.numpy(), np.array(expected) / 169, rtol=1e-9)


def test_without_a_prior_it_is_the_distance_from_the_truths_own(estimate, truth):
    loss = PixelLoss(floor=1e-9)(estimate, truth)
    pairs = zip(estimate, truth, strict=True)
    expected = [np.square(corrcoef(x) - corrcoef(y)).sum() for x, y in pairs]
    np.testing.assert_allclose(loss.numpy(), expected, rtol=1e-9)
    assert (PixelLoss()(truth, truth) == 0).all()


def test_with_a_prior_the_estimate_counts_where_the_truth_is_not_known(estimate, truth):
    loss, holes = PixelLoss(torch.eye(13).double()), truth.clone()
    holes[:, :, 3:] = torch.nan
    torch.testing.assert_close(loss(estimate, holes), loss(estimate, truth))
    own = PixelLoss()(estimate, holes)
    torch.testing.assert_close(own, PixelLoss()(estimate[:, :, :3], truth[:, :, :3]))


def test_pairs_of_which_nothing_is_known_do_not_count(estimate, truth):
    prior = torch.zeros(13, 13, dtype=torch.float64)
    prior[4] = prior[:, 4] = torch.nan
    others = [band for band in range(13) if band != 4]
    fewer = PixelLoss(torch.zeros(12, 12, dtype=torch.float64), per_pair=True)
    torch.testing.assert_close(
        PixelLoss(prior, per_pair=True)(estimate, truth),
        fewer(estimate[:, others], truth[:, others]),
    )


@pytest.mark.parametrize("prior", [None, torch.zeros(3, 3, dtype=torch.float64)])
def test_gradients_are_right(estimate, truth, prior):
    loss, mask = (
        PixelLoss(prior),
        torch.rand(4, 4, generator=torch.Generator().manual_seed(0)) < 0.8,
    )
    x = estimate[:, :3, :4, :4].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(x, truth[:, :3, :4, :4], mask), x)


def test_another_number_of_bands_and_another_shape_are_refused(estimate, truth):
    with pytest.raises(PriorError) as refusal:
        PixelLoss(torch.zeros(4, 4))(estimate, truth)
    assert str(refusal.value) == (
        "the prior has the shape (4, 4) and the image has 13 bands; give the prior of that image's "
        "bands, 13 x 13"
    )
    with pytest.raises(PairError):
        PixelLoss(torch.zeros(13, 13))(estimate, truth[:, :, :2])
