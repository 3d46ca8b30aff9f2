import torch

from emulator_training.design import samples
from emulator_training.networks import (
    BIOPHYSICAL,
    AutoEncoder,
    ForwardNetwork,
    InverseNetwork,
    Mlp,
    ranges,
)


def canopies(count=500):
    return torch.from_numpy(samples(count, seed=0))


def test_an_mlp_is_products_and_silu():
    network = Mlp([3, 4, 2])
    first, last = network.layers
    x = torch.rand(5, 3)
    hidden = x @ first.weight.T + first.bias
    expected = (hidden / (1 + torch.exp(-hidden))) @ last.weight.T + last.bias
    torch.testing.assert_close(network(x), expected)


def test_an_mlp_computes_in_the_precision_that_comes_in():
    assert Mlp([3, 4, 2])(torch.rand(5, 3, dtype=torch.float64)).dtype == torch.float64


def test_the_forward_network_is_scaled_as_its_scores_are():
    network = ForwardNetwork(scores=3, width=8)
    plain = network(canopies())
    network.scale.copy_(torch.tensor([1.0, 2.0, 4.0]))
    torch.testing.assert_close(network(canopies()), plain * torch.tensor([1.0, 2.0, 4.0]).double())
    assert (network.std(canopies()) > 0).all()


def test_the_inverse_stays_in_the_ranges():
    mean, std = InverseNetwork(scores=4, width=8, examples=1)(
        1e4 * torch.randn(50, 4), torch.rand(50, 4), torch.zeros(50, 4)
    )
    assert mean.shape == (50, len(BIOPHYSICAL))
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((std > 0) & (std <= 1)).all()


def test_standard_deviations_are_calibrated_between_many_bands_and_few():
    network = InverseNetwork(scores=4, width=8, examples=1)
    scores, known = torch.randn(3, 4), torch.tensor([[0.1], [0.3], [0.9]]).expand(3, 4)
    angles = torch.tensor([0.5, 1.0, 0.0, 1.0]).expand(3, 4)
    plain = [network(scores, known, view)[1] for view in (torch.zeros(3, 4), angles)]
    network.telling.copy_(torch.tensor([0.2, 0.4]))
    table = torch.tensor([[2.0, 4.0], [3.0, 9.0]])[..., None]
    network.calibration.copy_(table.expand(network.calibration.shape))
    found = [network(scores, known, view)[1] for view in (torch.zeros(3, 4), angles)]
    expected = torch.tensor([[2.0, 3.0, 4.0], [3.0, 6.0, 9.0]])[..., None]
    torch.testing.assert_close(torch.stack(found), torch.stack(plain) * expected)


def test_what_is_decoded_is_bounded_whatever_is_encoded():
    network = AutoEncoder(scores=4, width=8, size=2)
    latent = network.encode(1e6 * torch.randn(50, 4))
    assert (latent.abs() <= 1).all()
    assert network(1e6 * torch.randn(50, 4)).abs().max() < 100


def test_ranges_are_those_of_the_parameters():
    low, width = ranges(("n", "lai"), torch.zeros(1))
    assert (low + width).tolist() == [2.799999952316284, 8.0]
