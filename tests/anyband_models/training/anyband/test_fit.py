import numpy as np
import pytest
import torch

from anyband_models.diffusion.noise import LogNormalSchedule
from anyband_models.networks.bandwise import SHOWN, BandwiseConfig, BandwiseNetwork
from anyband_models.training.anyband.examples import Example
from anyband_models.training.anyband.fit import Batch, FitConfig, fit, loss
from physops.bands import Bands

SMALL = BandwiseConfig(width=4, latents=2, trunk=4)


def example(bands, seed):
    """What is missing is what the surprise of its own band says."""
    rng = np.random.default_rng(seed)
    shape = (bands, 6, 6)
    channels = rng.standard_normal((SHOWN, *shape)).astype(np.float32)
    wanted = rng.random(shape) < 0.5
    truth = np.where(wanted, channels[0], 0).astype(np.float32)
    noise = np.where(wanted, rng.standard_normal(shape), 0).astype(np.float32)
    at = Bands.at(np.linspace(500, 900, bands))
    near = np.zeros(shape, dtype=np.uint8)
    return Example(channels, wanted, truth, noise, near, at, "complete", "made")


@pytest.fixture
def examples():
    return [lambda each=each: each for each in (example(3, 1), example(5, 2))]


def test_the_loss_of_a_silent_network_is_that_of_saying_nothing():
    one = example(3, 1)
    batch, network = Batch.of(one), BandwiseNetwork(SMALL)
    truth = one.truth[one.wanted]
    found = loss(network, batch, LogNormalSchedule(), None, robust=100.0)
    np.testing.assert_allclose(found.item(), 0.5 * np.mean(truth**2), rtol=1e-5)
    # From some deviations on, errors count linearly.
    robust = loss(network, batch, LogNormalSchedule(), None, robust=0.5)
    size = np.abs(truth)
    huber = np.where(size < 0.5, 0.5 * size**2, 0.5 * (size - 0.25))
    np.testing.assert_allclose(robust.item(), huber.mean(), rtol=1e-5)


@pytest.mark.parametrize("share", [None, 0.01, 0.5, 0.99])
def test_what_is_not_wanted_has_no_part_in_the_loss(share):
    one = example(3, 1)
    torch.manual_seed(0)
    network = BandwiseNetwork(SMALL)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    plain = Batch.of(one)
    garbage = torch.where(plain.wanted, plain.truth, 7.0)
    found = [
        loss(network, each, LogNormalSchedule(), share, 3.0).item()
        for each in (plain, plain._replace(truth=garbage, noise=garbage * 0 + plain.noise))
    ]
    assert np.isfinite(found[0])
    assert found[0] == found[1]


def test_it_learns_from_two_examples_and_the_same_again(examples):
    told = []

    def tell(step, wrong, weights):
        told.append(wrong)

    config = FitConfig(steps=60, together=2, rate=1e-2, decay=0.9, alone=1.0)
    network = fit(examples, config, SMALL, tell)
    assert len(told) == 60
    assert np.mean(told[-10:]) < 0.6 * np.mean(told[:5])
    for one in examples:
        assert loss(network, Batch.of(one()), LogNormalSchedule(), None, 3.0).item() < 0.35
    again = fit(examples, config.model_copy(update={"steps": 3}), SMALL)
    same = fit(examples, config.model_copy(update={"steps": 3}), SMALL)
    for ours, theirs in zip(again.parameters(), same.parameters(), strict=True):
        assert torch.equal(ours, theirs)
