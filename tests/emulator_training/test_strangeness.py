import pytest
import torch
from torch import nn

from emulator_training.strangeness import Strangeness

DESIGN = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
SCALE = torch.tensor([0.1, 0.01])


class Plane(nn.Module):
    """Says all bands but the third, which is a half."""

    def explained(self, values):
        return torch.cat([values[..., :2], torch.full_like(values[..., 2:], 0.5)], dim=-1)


def made():
    rng = torch.Generator().manual_seed(0)
    examples = 0.5 + (SCALE * torch.randn(5000, 2, generator=rng)) @ DESIGN.T
    return Strangeness(Plane(), torch.full((3,), 0.5), DESIGN.T, 2.0, SCALE, examples)


@pytest.fixture
def strangeness():
    """Return the distance of three bands of which two scores are seen without loss."""
    return made()


def test_distances_are_in_standard_deviations(strangeness):
    values = torch.tensor([[0.5, 0.5, 0.5], [0.6, 0.5, 0.5], [0.5, 0.52, 0.5], [0.5, 0.5, 0.6]])
    shown, behind = strangeness.distances(values, (values - 0.5)[:, :2]).T
    noise = ((0.01 * 0.5) ** 2 + 0.002**2) ** 0.5
    assert behind.tolist() == pytest.approx([0, 1 / 2**0.5, 2 / 2**0.5, 0], abs=1e-4)
    assert shown.tolist() == pytest.approx([0, 0, 0, 0.1 / noise / 3**0.5], abs=1e-4)


def test_one_of_a_hundred_is_out_in_each_way(strangeness):
    rng = torch.Generator().manual_seed(1)
    bands = 0.5 + (SCALE * torch.randn(20_000, 2, generator=rng)) @ DESIGN.T
    noise = torch.randn(2, *bands.shape, generator=rng)
    noisy = bands * (1 + 0.01 * noise[0]) + 0.002 * noise[1]
    out = strangeness(noisy, (noisy - 0.5)[:, :2])
    assert 0.01 < (out > 0).float().mean() < 0.03


def test_what_is_far_out_is_so_by_its_distance(strangeness):
    values = torch.tensor([[0.5, 0.5, 0.7], [0.5, 0.5, 0.9], [5e3, 0.5, 0.5], [1e30, 0.5, 0.5]])
    near, far, numbers, huge = strangeness(values, (values - 0.5)[:, :2])
    assert far + 1 == pytest.approx(2 * (near + 1).item(), rel=1e-4)
    assert numbers > 1e3
    assert huge > numbers


def test_two_of_the_same_bands_are_the_same(strangeness):
    assert torch.equal(made().usual, strangeness.usual)
