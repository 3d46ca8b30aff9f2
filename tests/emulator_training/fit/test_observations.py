import pytest
import torch

from emulator_training.band_response import band_response
from emulator_training.fit.observations import Observer, drawn, observers
from emulator_training.score_posterior import ABSOLUTE_NOISE, RELATIVE_NOISE
from emulator_training.weights import read
from physops import Bands


@pytest.fixture(scope="module")
def basis():
    return read("prosail_emulator").basis


def test_an_observer_sees_bands_with_the_noise_it_is_said_to(basis):
    observer = Observer.of(basis, band_response(Bands.at([670.0, 800.0])))
    scores = torch.zeros(20_000, len(basis.variance))
    found = observer(scores, torch.Generator().manual_seed(0))
    noise = (RELATIVE_NOISE * observer.offset) ** 2 + ABSOLUTE_NOISE**2
    expected = (observer.gain.square() @ noise).sqrt()
    torch.testing.assert_close(found.std(dim=0), expected, rtol=0.03, atol=1e-6)


def test_observers_are_of_many_kinds(basis):
    pool = observers(basis, seed=0, subsets=10)
    counts = {observer.offset.numel() for observer in pool}
    assert {13, 103, 2101} <= counts
    assert min(counts) < 13
    assert all(torch.isfinite(observer.gain).all() for observer in pool)


def test_a_fine_spectrum_tells_the_scores_and_few_bands_do_not(basis):
    scores = torch.randn(100, len(basis.variance)) * torch.from_numpy(basis.variance).sqrt().float()
    rng = torch.Generator().manual_seed(0)
    fine = Observer.of(basis, band_response(Bands.at(range(400, 2501))))
    few = Observer.of(basis, band_response(Bands.at([670.0, 800.0])))
    errors = [
        (o(scores, rng) - scores).square().mean() / scores.square().mean() for o in (fine, few)
    ]
    assert errors[0] < 1e-3
    assert errors[1] > 0.05


def test_groups_are_seen_by_observers_in_turn(basis):
    pool = observers(basis, seed=0, subsets=2)
    scores = torch.zeros(10, len(basis.variance))
    means, stds = drawn(pool, scores, torch.Generator().manual_seed(0), groups=3)
    assert means.shape == stds.shape == scores.shape
    assert len({tuple(row.tolist()) for row in stds}) <= 3
