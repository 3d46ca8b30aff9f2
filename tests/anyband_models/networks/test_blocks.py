import numpy as np
import pytest
import torch
from torch.nn.functional import group_norm

from anyband_models.networks.blocks import Attention, Block
from anyband_models.networks.context import Context


@pytest.fixture
def context():
    torch.manual_seed(1)
    return Context(torch.randn(2, 5), torch.randn(2, 5, 2, 2))


def randomised(module):
    torch.manual_seed(2)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return module


@pytest.mark.parametrize("modulation", ["global", "spatial"])
@pytest.mark.parametrize("heads", [0, 2])
def test_a_new_block_is_the_plain_normalisation(modulation, heads, context):
    block = Block(8, 8, 6, 5, modulation, heads)
    features = torch.randn(2, 8, 4, 4)
    expected = group_norm(features, 1)
    torch.testing.assert_close(block(features, torch.randn(2, 6), context), expected)


def test_a_block_may_have_other_channels_coming_out(context):
    block = Block(12, 8, 6, 5, "global", 0)
    assert block(torch.randn(2, 12, 3, 5), torch.randn(2, 6), context).shape == (2, 8, 3, 5)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attention_is_its_textbook_formula(heads):
    channels, rows, cols = 8, 3, 4
    attention = randomised(Attention(channels, heads))
    features = torch.randn(2, channels, rows, cols)
    inner = attention.inputs(attention.norm(features)).detach().numpy().reshape(2, 3, channels, -1)
    each = channels // heads
    seen = np.empty((2, channels, rows * cols))
    for image in range(2):
        for head in range(heads):
            part = slice(head * each, (head + 1) * each)
            query, key, value = inner[image, :, part]
            scores = query.T @ key / np.sqrt(each)
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            seen[image, part] = value @ shares.T
    seen = torch.from_numpy(seen).float().reshape(features.shape)
    expected = features + attention.output(seen)
    torch.testing.assert_close(attention(features), expected, rtol=1e-4, atol=1e-5)


def test_attention_does_not_know_where_a_place_is():
    attention = randomised(Attention(8, 2))
    features, order = torch.randn(1, 8, 1, 12), torch.randperm(12)
    plain, turned = attention(features), attention(features[..., order])
    torch.testing.assert_close(turned, plain[..., order], rtol=1e-4, atol=1e-5)


def test_the_noise_reaches_the_features(context):
    block, features = randomised(Block(8, 8, 6, 5, "global", 0)), torch.randn(2, 8, 4, 4)
    quiet = block(features, torch.zeros(2, 6), context)
    loud = block(features, torch.ones(2, 6), context)
    assert (quiet - loud).abs().max() > 1e-3
