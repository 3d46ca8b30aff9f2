import torch
from torch import nn

from emulator_training.fit.training import train


def fitted(seed):
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 200).unsqueeze(1)
    network, seen, told = nn.Linear(1, 1), [], []

    def loss(numbers):
        seen.append(numbers)
        return (network(x[numbers]) - (2 * x[numbers] + 1)).square().mean()

    last = train(
        network,
        loss,
        200,
        epochs=40,
        batch=50,
        learning_rate=0.1,
        seed=seed,
        progress=lambda *told_now: told.append(told_now),
    )
    return network, seen, told, last


def test_a_line_is_found():
    network, _, _, last = fitted(0)
    assert last < 1e-6
    torch.testing.assert_close(network.weight, torch.tensor([[2.0]]), atol=1e-3, rtol=0)


def test_every_sample_is_seen_once_an_epoch_in_an_order_of_the_seed():
    _, seen, told, _ = fitted(0)
    assert len(seen) == 160
    for first in range(0, 160, 4):
        assert torch.cat(seen[first : first + 4]).sort().values.tolist() == list(range(200))
    assert torch.equal(seen[0], fitted(0)[1][0])
    assert not torch.equal(seen[0], fitted(1)[1][0])
    assert [epoch for epoch, _, _ in told] == list(range(1, 41))
