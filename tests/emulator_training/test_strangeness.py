import pytest
import torch

from emulator_training.strangeness import Strangeness


@pytest.fixture
def strangeness():
    """Return the distance of three bands of which two scores are seen without loss."""
    rng = torch.Generator().manual_seed(0)
    design = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    scale = torch.tensor([0.1, 0.01])
    examples = scale * torch.randn(5000, 2, generator=rng)
    return Strangeness(torch.full((3,), 0.5), design, design.T, 2.0, scale, examples)


def test_distances_are_in_standard_deviations(strangeness):
    values = torch.tensor([[0.5, 0.5, 0.5], [0.6, 0.5, 0.5], [0.5, 0.52, 0.5], [0.5, 0.5, 0.6]])
    shown, behind = strangeness.distances(values, (values - 0.5)[:, :2]).T
    noise = ((0.01 * 0.5) ** 2 + 0.002**2) ** 0.5
    assert behind.tolist() == pytest.approx([0, 1 / 2**0.5, 2 / 2**0.5, 0], abs=1e-4)
    assert shown.tolist() == pytest.approx([0, 0, 0, 0.1 / noise / 3**0.5], abs=1e-4)


def test_one_of_a_hundred_is_out_in_each_way(strangeness):
    rng = torch.Generator().manual_seed(1)
    scores = strangeness.scale * torch.randn(20_000, 2, generator=rng)
    bands = 0.5 + scores @ strangeness.design.T
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
    again = Strangeness(
        strangeness.offset,
        strangeness.design,
        strangeness.design.T,
        2.0,
        strangeness.scale,
        strangeness.scale * torch.randn(5000, 2, generator=torch.Generator().manual_seed(0)),
    )
    assert torch.equal(again.usual, strangeness.usual)
