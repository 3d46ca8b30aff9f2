"""Samplers against the one denoiser whose trajectories are known: that of a normal prior."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from anyband_models.diffusion.noise import LinearSchedule, LogNormalSchedule
from anyband_models.diffusion.samplers import SAMPLERS

MEAN, SPREAD = 0.7, 0.5
SHAPE = (2, 3, 4, 5)
DETERMINISTIC = ["ddim", "dpm++", "heun"]


def exact(x, sigma, condition):
    """The posterior mean of N(MEAN, SPREAD^2) behind noise."""
    at = sigma[:, None, None, None]
    return MEAN + SPREAD**2 / (SPREAD**2 + at**2) * (x - MEAN)


def drawn(seed, shape=SHAPE):
    random = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=random, dtype=torch.float64)


@pytest.fixture
def condition(make_condition):
    known = torch.zeros(SHAPE, dtype=torch.float64)
    return make_condition(known, known.bool())


def error(name, ladder, condition):
    start = ladder[0] * drawn(1)
    found = SAMPLERS[name](exact, start, ladder, condition, drawn)
    most = ladder[0]
    solution = MEAN + SPREAD / torch.sqrt(SPREAD**2 + most**2) * (start - MEAN)
    return (found - solution).abs().max().item()


@pytest.mark.parametrize(("name", "order"), [("ddim", 1), ("dpm++", 2), ("heun", 2)])
def test_a_sampler_converges_to_the_solution_with_its_order(name, order, condition):
    # The last step, down to 0, is first order in every sampler: it is made small.
    schedule = LogNormalSchedule(least=1e-4, most=10.0)
    errors = [error(name, schedule.ladder(steps), condition) for steps in (40, 80, 160)]
    ratios = np.array(errors[:-1]) / np.array(errors[1:])
    assert errors[-1] < (3e-2, 2e-3)[order - 1]
    np.testing.assert_allclose(np.log2(ratios), order, atol=0.35)


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_the_papers_ladder_comes_near_the_solution(name, condition):
    assert error(name, LinearSchedule().ladder(50), condition) < 0.12
    assert error(name, LinearSchedule().ladder(1000), condition) < 0.01


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_a_deterministic_sampler_draws_no_noise(name, condition):
    def forbidden(step):
        raise AssertionError("no noise should be drawn")

    ladder = LogNormalSchedule().ladder(5)
    found = SAMPLERS[name](exact, 80 * drawn(1), ladder, condition, forbidden)
    assert torch.isfinite(found).all()


def test_the_reverse_chain_has_the_variance_of_the_prior(make_condition):
    shape = (1, 1, 100, 100)
    known = torch.zeros(shape, dtype=torch.float64)
    condition = make_condition(known, known.bool())
    ladder = LinearSchedule().ladder(500)
    found = SAMPLERS["ancestral"](
        exact, ladder[0] * drawn(0, shape), ladder, condition, lambda step: drawn(step + 1, shape)
    )
    # Five standard errors of 10 000 draws, and what 500 steps are off.
    assert found.mean().item() == pytest.approx(MEAN, abs=5 * SPREAD / 100)
    assert found.std().item() == pytest.approx(SPREAD, rel=0.05)


@pytest.mark.parametrize("eta", [0, 1])
@pytest.mark.parametrize("steps", [4, 50])
def test_a_sampler_is_eq_12_and_16_of_song(eta, steps, condition):
    """DDIM (eta 0) and DDPM (eta 1), in X_t and abar_t as they are printed."""
    schedule = LinearSchedule()
    ladder = schedule.ladder(steps)
    kept = [1 / (1 + sigma**2) for sigma in ladder.tolist()]
    x = np.sqrt(kept[0]) * ladder[0].item() * drawn(1).numpy()
    for step, (now, after) in enumerate(pairwise(kept)):
        sigma = torch.full((2,), np.sqrt((1 - now) / now), dtype=torch.float64)
        clean = exact(torch.from_numpy(x / np.sqrt(now)), sigma, condition).numpy()
        noise = (x - np.sqrt(now) * clean) / np.sqrt(1 - now)
        fresh = eta * np.sqrt((1 - after) / (1 - now)) * np.sqrt(1 - now / after)
        x = np.sqrt(after) * clean + np.sqrt(max(0, 1 - after - fresh**2)) * noise
        if after < 1:
            x = x + fresh * drawn(100 + step).numpy()
    name = ("ddim", "ancestral")[eta]
    found = SAMPLERS[name](
        exact, ladder[0] * drawn(1), ladder, condition, lambda step: drawn(100 + step)
    )
    np.testing.assert_allclose(found.numpy(), x, rtol=1e-5, atol=1e-5)


def test_the_ancestral_sampler_is_eq_6_and_7_of_ho(condition):
    schedule = LinearSchedule(steps=30, end=0.3)
    betas = np.linspace(1e-4, 0.3, 30)
    kept = np.cumprod(1 - betas)
    x = drawn(1).numpy() * np.sqrt(1 - kept[-1])
    for step, t in enumerate(range(29, -1, -1)):
        before = kept[t - 1] if t else 1.0
        sigma = torch.full((2,), np.sqrt((1 - kept[t]) / kept[t]), dtype=torch.float64)
        clean = exact(torch.from_numpy(x / np.sqrt(kept[t])), sigma, condition).numpy()
        x = (
            np.sqrt(before) * betas[t] / (1 - kept[t]) * clean
            + np.sqrt(1 - betas[t]) * (1 - before) / (1 - kept[t]) * x
        )
        variance = (1 - before) / (1 - kept[t]) * betas[t]
        if t:
            x = x + np.sqrt(variance) * drawn(100 + step).numpy()
    ladder = schedule.ladder(30)
    found = SAMPLERS["ancestral"](
        exact, ladder[0] * drawn(1), ladder, condition, lambda step: drawn(100 + step)
    )
    np.testing.assert_allclose(found.numpy(), x, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", list(SAMPLERS))
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("schedule", [LinearSchedule(), LogNormalSchedule()])
def test_the_last_step_is_the_denoisers_own_clean_image(name, steps, schedule, condition):
    calls = []

    def denoiser(x, sigma, condition):
        calls.append((sigma.tolist(), exact(x, sigma, condition)))
        return calls[-1][1]

    ladder = schedule.ladder(steps)
    found = SAMPLERS[name](denoiser, ladder[0] * drawn(1), ladder, condition, drawn)
    assert torch.equal(found, calls[-1][1])
    expected = [sigma for sigma in ladder[:-1].tolist() for _ in range(2)][1:]
    expected = expected if name == "heun" else ladder[:-1].tolist()
    assert [sigma for sigma, _ in calls] == [[sigma, sigma] for sigma in expected]


@pytest.mark.parametrize("name", list(SAMPLERS))
def test_single_precision_stays_so(name, condition):
    ladder = LinearSchedule().ladder(10)
    start = (ladder[0] * drawn(1)).float()
    found = SAMPLERS[name](exact, start, ladder, condition, lambda step: drawn(step).float())
    assert found.dtype == torch.float32
    double = SAMPLERS[name](exact, start.double(), ladder, condition, drawn)
    torch.testing.assert_close(found.double(), double, rtol=1e-3, atol=1e-4)
