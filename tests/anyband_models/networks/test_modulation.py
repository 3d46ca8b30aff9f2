import pytest
import torch
from torch.nn.functional import group_norm

from anyband_models.networks.context import Context
from anyband_models.networks.modulation import MODULATIONS, GlobalModulation, norm_of

FEATURES = torch.randn(2, 8, 4, 6, generator=torch.Generator().manual_seed(3))


def context(seed=0):
    random = torch.Generator().manual_seed(seed)
    mapped = torch.randn(2, 5, 2, 3, generator=random)
    return Context(mapped.mean(dim=(-2, -1)), mapped)


@pytest.mark.parametrize("channels", [1, 3, 7, 8, 12, 20, 24, 36, 64, 100])
def test_any_number_of_channels_can_be_normalised(channels):
    norm = norm_of(channels)
    assert channels % norm.num_groups == 0
    x = 5 + 3 * torch.randn(2, channels, 16, 16)
    groups = norm(x).reshape(2, norm.num_groups, -1)
    torch.testing.assert_close(groups.mean(dim=-1), torch.zeros(2, norm.num_groups), atol=1e-3,
                               rtol=0)  # fmt: skip


@pytest.mark.parametrize("kind", list(MODULATIONS))
def test_it_starts_as_the_plain_normalisation(kind):
    modulation = MODULATIONS[kind](8, 5)
    torch.testing.assert_close(modulation(FEATURES, context()), group_norm(FEATURES, 1))


def test_the_global_one_is_eq_1():
    modulation, given = GlobalModulation(8, 5), context()
    torch.nn.init.normal_(modulation.affine.weight)
    torch.nn.init.normal_(modulation.affine.bias)
    scale, shift = (given.vector @ modulation.affine.weight.T + modulation.affine.bias).split(8, 1)
    expected = (1 + scale[:, :, None, None]) * group_norm(FEATURES, 1) + shift[:, :, None, None]
    torch.testing.assert_close(modulation(FEATURES, given), expected)


def test_the_spatial_one_varies_over_the_image_and_the_global_one_does_not():
    found = {}
    for kind in MODULATIONS:
        modulation = MODULATIONS[kind](8, 5)
        torch.manual_seed(4)
        torch.nn.init.normal_(modulation.affine.weight)
        flat = torch.zeros_like(FEATURES)  # what comes out is the shift
        found[kind] = modulation(flat, context()).std(dim=(-2, -1)).max()
    assert found["global"] < 1e-6
    assert found["spatial"] > 0.1


def test_the_spatial_one_on_a_constant_map_is_the_same_at_every_inner_place():
    modulation = MODULATIONS["spatial"](8, 5)
    torch.nn.init.normal_(modulation.affine.weight)
    vector = torch.randn(2, 5)
    given = Context(vector, vector[:, :, None, None].expand(2, 5, 2, 3))
    inner = modulation(torch.zeros_like(FEATURES), given)[..., 1:-1, 1:-1]
    assert inner.std(dim=(-2, -1)).max() < 1e-5
    assert inner.abs().max() > 0.1
