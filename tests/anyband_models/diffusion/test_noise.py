import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy.stats import kstest, norm

from anyband_models.diffusion.noise import LinearSchedule, LogNormalSchedule, Schedule
from anyband_models.errors import UsageError

SCHEDULES = [LinearSchedule(), LogNormalSchedule(), LinearSchedule(steps=1000, end=0.01)]
each_schedule = pytest.mark.parametrize("schedule", SCHEDULES)


@pytest.mark.parametrize("steps", [2, 7, 1000])
def test_the_linear_schedule_is_its_recursion(steps):
    schedule = LinearSchedule(steps=steps)
    kept, expected = 1.0, []
    for number in range(steps):
        kept *= 1 - (1e-4 + number * (0.02 - 1e-4) / (steps - 1))
        expected.append(math.sqrt((1 - kept) / kept))
    np.testing.assert_allclose(schedule.sigmas.numpy(), expected, rtol=1e-9)
    assert schedule.most == pytest.approx(expected[-1])


@pytest.mark.parametrize("steps", [2, 50, 1000])
def test_time_is_the_number_of_the_step(steps):
    schedule = LinearSchedule(steps=steps)
    expected = torch.arange(steps, dtype=torch.float64) * 1000 / steps
    torch.testing.assert_close(schedule.time(schedule.sigmas), expected)
    # In single precision, as samplers have it.
    torch.testing.assert_close(schedule.time(schedule.sigmas.float()).double(), expected,
                               rtol=1e-3, atol=1e-2)  # fmt: skip


@each_schedule
@given(share=st.floats(0, 1))
def test_time_rises_with_noise_and_stays_in_its_range(schedule, share):
    sigma = torch.tensor([0.0, 1e-6, *np.geomspace(1e-3, 100, 9) * (1 + share), 1e6])
    time = schedule.time(sigma)
    assert torch.all(time.diff() >= 0)
    assert time.min() >= 0
    assert time.max() <= 1000
    assert time.dtype == sigma.dtype


def test_the_times_of_the_log_normal_schedule_are_even_in_the_logarithm():
    schedule = LogNormalSchedule(least=0.01, most=100.0)
    time = schedule.time(torch.tensor([0.001, 0.01, 1.0, 100.0, 1e5], dtype=torch.float64))
    torch.testing.assert_close(time, torch.tensor([0, 0, 500, 1000, 1000], dtype=torch.float64))


@each_schedule
@pytest.mark.parametrize("steps", [1, 2, 3, 10, 50, 499, 999, 1000])
def test_a_ladder_falls_from_the_most_noise_to_none(schedule, steps):
    ladder = schedule.ladder(steps)
    assert len(ladder) == steps + 1
    assert ladder[0].item() == pytest.approx(schedule.most)
    assert ladder[-1] == 0
    assert torch.all(ladder.diff() < 0)


def test_a_ladder_of_all_steps_has_each_once():
    schedule = LinearSchedule()
    torch.testing.assert_close(schedule.ladder(1000)[:-1], schedule.sigmas.flip(0))


def test_the_times_of_a_linear_ladder_are_even():
    schedule = LinearSchedule()
    time = schedule.time(schedule.ladder(50)[:-1])
    torch.testing.assert_close(time, torch.arange(999, 0, -20, dtype=torch.float64))


def test_the_log_normal_ladder_is_eq_5_of_karras():
    schedule = LogNormalSchedule()
    expected = [
        (80 ** (1 / 7) + number / 9 * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7
        for number in range(10)
    ]
    np.testing.assert_allclose(schedule.ladder(10)[:-1].numpy(), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("schedule", "steps", "message"),
    [
        (LinearSchedule(), 1001, "a sampler of 1001 steps was asked for; this model's noise has "
                                 "1000 times, so ask for 1 to 1000"),
        (LinearSchedule(steps=20), 0, "0 steps was asked for; .* ask for 1 to 20"),
        (LogNormalSchedule(), 0, "a sampler of 0 steps was asked for; ask for 1 or more"),
    ],
)  # fmt: skip
def test_a_ladder_that_cannot_be_is_refused(schedule, steps, message):
    with pytest.raises(UsageError, match=message):
        schedule.ladder(steps)


def test_every_step_is_drawn_as_often():
    schedule = LinearSchedule(steps=10)
    drawn = schedule.draw((torch.arange(1000, dtype=torch.float64) + 0.5) / 1000)
    found, counts = torch.unique(drawn, return_counts=True)
    torch.testing.assert_close(found, schedule.sigmas)
    assert counts.tolist() == [100] * 10


def test_the_logarithm_of_drawn_noise_is_normal():
    schedule = LogNormalSchedule(mean=-1.2, std=1.2, least=1e-9, most=1e9)
    share = torch.rand(4000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert kstest(schedule.draw(share).log().numpy(), norm(-1.2, 1.2).cdf).pvalue > 0.01


@each_schedule
@pytest.mark.parametrize("share", [0.0, 1 - 2**-24, 1.0])
def test_the_ends_of_what_is_drawn_are_noises(schedule, share):
    drawn = schedule.draw(torch.tensor([share]))
    assert drawn.dtype == torch.float32
    assert 0 < drawn.item() <= schedule.most * (1 + 1e-6)


@pytest.mark.parametrize(
    ("schedule", "settings", "message"),
    [
        (LinearSchedule, {"steps": 1}, "greater than or equal to 2"),
        (LinearSchedule, {"end": 1.0}, "less than 1"),
        (LinearSchedule, {"start": 0.1}, "beta falls from 0.1 to 0.02; it has to rise"),
        (LogNormalSchedule, {"least": 80.0}, "least noise 80 is not below the most, 80"),
        (LogNormalSchedule, {"std": 0.0}, "greater than 0"),
        (LogNormalSchedule, {"betas": 0.0}, "Extra inputs are not permitted"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(schedule, settings, message):
    with pytest.raises(ValidationError, match=message):
        schedule(**settings)


@each_schedule
def test_a_schedule_that_was_used_survives_json(schedule):
    schedule.ladder(3)
    parser = TypeAdapter(Schedule)
    assert parser.validate_json(parser.dump_json(schedule)) == schedule
