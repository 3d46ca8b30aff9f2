"""The moving average of weights."""

import pytest
import torch
from torch import nn

from anyband_models.training.average import Average


@pytest.fixture
def network():
    return nn.Linear(1, 1, bias=False)


def set_weight(network, value):
    with torch.no_grad():
        network.weight.fill_(value)


def test_it_is_the_recursion_with_a_decay_that_grows(network):
    set_weight(network, 4.0)
    average = Average(network, 0.5)
    expected = 4.0
    for step in range(20):
        set_weight(network, float(step))
        average.update(network, step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert average.weights["weight"].item() == pytest.approx(expected, rel=1e-6)


def test_it_does_not_move_when_the_weights_do_not(network):
    set_weight(network, 0.7)
    average = Average(network, 0.999)
    for step in range(5):
        average.update(network, step)
    assert torch.equal(average.weights["weight"], network.weight)


def test_it_is_its_own_copy_in_single_precision(network):
    average = Average(network.to(torch.bfloat16), 0.9)
    before = average.weights["weight"].clone()
    set_weight(network, 9.0)
    assert average.weights["weight"].dtype == torch.float32
    assert torch.equal(average.weights["weight"], before)
    average.load({"weight": torch.full((1, 1), 3.0)})
    assert average.weights["weight"].item() == 3.0
