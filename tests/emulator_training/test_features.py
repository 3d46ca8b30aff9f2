import pytest
import torch

from emulator_training.design import kind_of, samples
from emulator_training.features import FEATURES, distance, extinction, features
from emulator_training.parameters import NAMES, vector


def canopies(count=1000):
    return torch.from_numpy(samples(count, seed=0))


def angles(rows):
    return [rows[:, NAMES.index(name)].deg2rad() for name in ("tts", "tto", "psi")]


def test_features_are_about_one_in_the_trained_range():
    found = features(canopies())
    assert found.shape == (1000, FEATURES)
    assert found.abs().max() < 1.3
    assert (found.amax(dim=0) - found.amin(dim=0) > 1.0).all()


def test_features_have_slopes_everywhere():
    edge = canopies(2)
    edge[0, [NAMES.index("hspot"), NAMES.index("lai")]] = 0.0
    edge[1, [NAMES.index(name) for name in ("tts", "tto", "psi")]] = 0.0
    edge.requires_grad_()
    features(edge).sum().backward()
    assert torch.isfinite(edge.grad).all()


def test_single_precision_sees_the_hot_spot_as_double_does():
    rows = canopies()
    apart = features(rows.float()) - features(rows)
    assert apart.abs().max() < 1e-3


@pytest.mark.parametrize(("size", "least"), [(0.1, 0.7), (0.5, 0.2)])
def test_a_small_hot_spot_is_a_larger_step(size, least):
    """What both see of the soil falls from the one in the hot spot to another's 10° from it."""
    geometry = {"tts": 30.0, "psi": 0.0, "hspot": size}
    rows = torch.stack([vector({**geometry, "tto": view}) for view in (30.0, 20.0)])
    step = (features(rows)[0] - features(rows)[1]).abs()
    assert step.max() > least


def test_extinction_is_that_of_prosail_and_so_is_the_distance():
    pytest.importorskip("prosail", reason="the extra `emulator` is not installed")
    from emulator_training.simulators.architecture import architecture

    rows = canopies()
    assert "hot_spot" in kind_of(torch.arange(1000).numpy())
    ala, tts, tto, psi = (rows[:, [NAMES.index(name)]] for name in ("ala", "tts", "tto", "psi"))
    exact = architecture(ala, tts, tto, psi)
    sun, view, azimuth = angles(rows)
    torch.testing.assert_close(extinction(ala[:, 0], sun), exact.ks[:, 0], rtol=0.03, atol=0)
    torch.testing.assert_close(extinction(ala[:, 0], view), exact.ko[:, 0], rtol=0.03, atol=0)
    torch.testing.assert_close(
        distance(sun, view, azimuth), exact.apart[:, 0], rtol=1e-3, atol=1.1e-4
    )
