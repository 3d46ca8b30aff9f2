"""What is learned from at a step."""

import pytest
import torch

from anyband_models.training.processes import Processes
from anyband_models.training.start import start

SHARES = [[range(8)], [range(4), range(4, 8)], [range(n, n + 1) for n in range(8)]]


def everything(batch):
    known = batch.problem.condition
    return {
        "images": batch.images.nan_to_num(nan=-9.0),
        "noise": batch.noise,
        "sigma": batch.sigma,
        "seeds": torch.tensor(batch.seeds),
        "blind": batch.blind,
        "observed": known.observed,
        "channels": known.channels,
        "centre": batch.problem.centre,
        "scale": batch.problem.scale,
    }


@pytest.mark.parametrize("shares", SHARES)
def test_a_sample_does_not_depend_on_how_the_batch_is_shared(begun, shares):
    batches = begun(batch=8).batches
    whole = everything(batches.draw(3, range(8)))
    parts = [everything(batches.draw(3, numbers)) for numbers in shares]
    for name, values in whole.items():
        assert torch.equal(torch.cat([part[name] for part in parts]), values), name


def test_a_batch_does_not_depend_on_what_was_drawn_before(begun):
    first, second = begun().batches, begun().batches
    for step in range(3):
        first.draw(step, range(4))
    torch.rand(1)
    ours, theirs = everything(first.draw(3, range(4))), everything(second.draw(3, range(4)))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_steps_samples_and_seeds_differ(begun):
    noises = [
        begun(seed=seed).batches.draw(step, range(number, number + 1)).noise
        for seed, step, number in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0))
    ]
    for at, noise in enumerate(noises):
        assert not any(torch.equal(noise, other) for other in noises[:at])


def test_times_are_even_and_a_share_sees_nothing_but_the_condition(begun):
    run = begun(loss={"blind": 0.25}, patch=4)
    drawn = [run.batches.draw(step, range(64)) for step in range(20)]
    sigma, blind = (torch.cat([getattr(b, n) for b in drawn]) for n in ("sigma", "blind"))
    schedule = run.config.diffusion.schedule
    assert blind.float().mean().item() == pytest.approx(0.25, abs=0.05)
    assert torch.equal(sigma[blind], torch.full_like(sigma[blind], schedule.most))
    times = schedule.time(sigma[~blind])
    assert times.mean().item() == pytest.approx(499.5, abs=35)
    quarters = torch.histc(times, 4, 0, 1000) / len(times)
    assert quarters.tolist() == pytest.approx([0.25] * 4, abs=0.06)


def test_scenes_are_drawn_by_how_many_patches_they_have(config, scene):
    small, large = scene(rows=12, columns=12), scene(rows=40, columns=40)
    large.values[:] += 2.0
    one = Processes(0, 1, torch.device("cpu"))
    batches = start([small, large], config(validation=0), one).batches
    assert [len(patches) for patches in batches.scenes] == [4, 81]
    drawn = [batches.draw(step, range(64)).images for step in range(4)]
    means = torch.cat(drawn).mean(dim=(1, 2, 3))
    assert (means < 0).float().mean().item() == pytest.approx(4 / 85, abs=0.04)
