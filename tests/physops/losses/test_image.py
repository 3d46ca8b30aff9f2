import numpy as np
import pytest
import torch

import physops
from physops.correlation import BandCorrelation
from physops.errors import NotReflectanceError, PairError
from physops.losses import ImageLoss, PixelLoss
from physops.operator import Operator, OperatorSpec
from srf_library import response_matrix


class Emulator(Operator):
    """A learned operator: what it does in training differs."""

    def __init__(self):
        super().__init__()
        self.spec = OperatorSpec(name="toy", title="", kind="emulator", formula="", source="")
        self.layer = torch.nn.Linear(13, 2).double()
        self.drop = torch.nn.Dropout(0.5)

    def forward(self, x, band_dim=-3):
        return self.drop(self.layer(x.movedim(band_dim, -1))).movedim(-1, band_dim)


def test_it_is_the_mean_square_of_what_the_sensor_sees():
    wavelengths = np.arange(400.0, 1000, 10)
    truth, estimate = torch.rand(
        2, 3, 60, 4, 5, generator=torch.Generator().manual_seed(0)
    ).double()
    loss = ImageLoss("srf", sensor="S2A", wavelengths=wavelengths)(estimate, truth)
    matrix = response_matrix("S2A", wavelengths)
    apart = matrix((estimate - truth).movedim(1, -1).numpy())[..., matrix.usable]
    np.testing.assert_allclose(loss.numpy(), np.square(apart).mean(axis=(1, 2, 3)), rtol=1e-9)


def test_an_operator_by_name_is_the_operator_itself(estimate, truth):
    named = ImageLoss("savi", sensor="S2A", L=0.3)(estimate, truth)
    index = physops.get("savi", sensor="S2A", L=0.3)
    torch.testing.assert_close(ImageLoss(index)(estimate, truth), named)
    torch.testing.assert_close(named, (index(estimate) - index(truth)).square().mean(dim=(1, 2)))


def test_it_does_not_depend_on_the_size_of_the_image(estimate, truth):
    loss = ImageLoss("ndvi", sensor="S2A")
    torch.testing.assert_close(
        loss(estimate.repeat(1, 1, 2, 3), truth.repeat(1, 1, 2, 3)), loss(estimate, truth)
    )


def test_what_is_not_known_does_not_count(estimate, truth):
    loss, mask = ImageLoss("ndvi", sensor="S2A"), torch.zeros(12, 12, dtype=torch.bool)
    mask[:4] = True
    expected = loss(estimate[:, :, :4], truth[:, :, :4])
    torch.testing.assert_close(loss(estimate, truth, mask), expected)
    holes = torch.where(mask, truth, torch.nan)
    torch.testing.assert_close(loss(estimate, holes), expected)
    assert (loss(estimate, truth, torch.zeros_like(mask)) == 0).all()


def test_a_learned_operator_is_frozen_and_stays_in_evaluation_mode(estimate, truth):
    loss = ImageLoss(Emulator()).train()
    before = {name: value.clone() for name, value in loss.state_dict().items()}
    assert not loss.operator.training
    assert not any(parameter.requires_grad for parameter in loss.parameters())
    x = estimate.clone().requires_grad_()
    first = loss(x, truth)
    first.sum().backward()
    assert (x.grad != 0).any()
    torch.testing.assert_close(loss(x, truth), first)
    for name, value in loss.state_dict().items():
        assert torch.equal(value, before[name])


def test_an_operator_need_not_keep_space(estimate, truth):
    loss = ImageLoss(BandCorrelation())(estimate, truth)
    torch.testing.assert_close(loss, PixelLoss(per_pair=True)(estimate, truth))


def test_gradients_are_right(estimate, truth):
    near = truth[:1, :, :2, :2]
    x = estimate[:1, :, :2, :2].clone().requires_grad_()
    mask = torch.tensor([[True, False], [True, True]])
    for loss in (ImageLoss("evi", sensor="S2A"), ImageLoss(Emulator())):
        assert torch.autograd.gradcheck(lambda x, loss=loss: loss(x, near, mask), x)


def test_an_estimate_that_cannot_be_reflectance_is_no_error_unless_asked_for(estimate, truth):
    wild = estimate * 100 - 20
    assert torch.isfinite(ImageLoss("evi", sensor="S2A")(wild, truth)).all()
    with pytest.raises(NotReflectanceError):
        ImageLoss("evi", sensor="S2A", check=True)(wild, truth)
    ImageLoss("ndvi", sensor="S2A", variant="anyband")(wild, truth)


def test_bands_beside_an_operator_are_refused(estimate, truth):
    with pytest.raises(TypeError, match="which has its own bands and parameters, and sensor, L;"):
        ImageLoss(physops.get("savi", sensor="S2A"), sensor="S2A", L=0.5)
    with pytest.raises(PairError):
        ImageLoss("ndvi", sensor="S2A")(estimate, truth[:1])
