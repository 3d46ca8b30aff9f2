"""Laws of the design of simulations: what a sample depends on, where it lies, how it is split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator_training import design
from emulator_training.parameters import NAMES, PARAMETERS

COUNT = 4000
NUMBERS = np.arange(COUNT)


@pytest.fixture(scope="module")
def samples():
    return design.samples(COUNT, seed=3)


@given(first=st.integers(0, 1200), count=st.integers(0, 600))
def test_a_sample_depends_on_the_seed_and_its_number_alone(first, count):
    whole = design.samples(1800, seed=5)
    part = design.samples(count, seed=5, first=first)
    assert np.array_equal(part, whole[first : first + count])


def test_another_seed_is_another_design(samples):
    assert not np.isclose(design.samples(COUNT, seed=4), samples).all(axis=1).any()


def test_samples_lie_in_the_trained_ranges(samples):
    for name, values in zip(NAMES, samples.T, strict=True):
        parameter = PARAMETERS[NAMES.index(name)]
        assert (values >= parameter.low).all()
        assert (values <= parameter.high).all()


def test_the_wide_samples_are_more_even_than_chance(samples):
    wide = samples[(design.kind_of(NUMBERS) == "wide")]
    for parameter, values in zip(PARAMETERS, wide.T, strict=True):
        if parameter.name != "lai":
            part = np.sort((values - parameter.low) / (parameter.high - parameter.low))
            even = (np.arange(len(part)) + 0.5) / len(part)
            # A Kolmogorov distance by chance is about 1 / sqrt(2000) = 0.022.
            assert np.abs(part - even).max() < 0.008


def test_lai_is_even_in_its_saturation_in_every_other_wide_block(samples):
    lai = samples[:, NAMES.index("lai")]
    first, third = (
        lai[(design.kind_of(NUMBERS) == "wide") & (block == NUMBERS // design.BLOCK)]
        for block in (0, 2)
    )
    assert np.median(np.exp(-third / 2)) == pytest.approx((1 + np.exp(-4)) / 2, abs=0.03)
    assert np.median(first) == pytest.approx(4.0, abs=0.2)


def column(samples, kind, name):
    return samples[design.kind_of(NUMBERS) == kind, NAMES.index(name)]


def test_the_hot_spot_is_seen_from_where_the_sun_is(samples):
    tts, tto, psi, size = (
        column(samples, "hot_spot", name) for name in ("tts", "tto", "psi", "hspot")
    )
    sun, view = (np.tan(np.radians(zenith)) for zenith in (tts, tto))
    apart = np.sqrt(np.maximum(sun**2 + view**2 - 2 * sun * view * np.cos(np.radians(psi)), 0))
    part = apart / size
    assert part.max() < 3 + 1e-6
    assert 0.05 < (part < 1e-5).mean() < 0.2
    # A third of the largest distance is that of most, 0.1 + 0.9 / sqrt(3) of them.
    assert (part < 1).mean() == pytest.approx(0.62, abs=0.06)
    assert tto.max() - tto.min() > 38
    assert 0.01 < (tto == 0).mean() < 0.1


def test_at_the_edges_half_have_every_parameter_at_an_end(samples):
    rows = samples[design.kind_of(NUMBERS) == "edge"]
    low, high = (np.array([getattr(p, end) for p in PARAMETERS]) for end in ("low", "high"))
    at_end = (rows == low) | (rows == high)
    assert at_end.all(axis=1).mean() == pytest.approx(0.5, abs=0.12)
    assert at_end.mean() == pytest.approx(0.75, abs=0.05)
    assert (rows == low).mean() == pytest.approx((rows == high).mean(), abs=0.05)


def test_the_bounds_of_the_prior_move_with_the_lai(samples):
    prior = samples[design.kind_of(NUMBERS) == "prior"]
    lai, n, angle = (prior[:, NAMES.index(name)] for name in ("lai", "n", "ala"))
    assert (n >= 1.2 + 0.1 * lai / 15 - 1e-9).all()
    assert (n <= 2.2 - 0.4 * lai / 15 + 1e-9).all()
    assert (angle >= 30 + 25 * lai / 15 - 1e-9).all()
    assert (angle <= 80 - 15 * lai / 15 + 1e-9).all()


def test_angles_do_not_tell_wide_samples_from_the_prior_by_their_weights(samples):
    shares = {}
    for kind in ("wide", "prior"):
        rows = samples[design.kind_of(NUMBERS) == kind]
        near = (rows[:, NAMES.index("tts")] <= 60) & (rows[:, NAMES.index("tto")] <= 12)
        weights = design.angle_weights(rows, kind)
        assert (weights[~near] == 1).all()
        shares[kind] = weights[near].sum() / len(rows)
    assert shares["prior"] == 1
    assert shares["wide"] == pytest.approx(1, abs=0.02)


def test_truncated_gaussians_have_their_mean(samples):
    """The mean of N(2, 3) between 0 and 8 is 2 + 3 (φ(-2/3) - φ(2)) / (Φ(2) - Φ(-2/3))."""
    from scipy.stats import norm

    share = norm.cdf(2) - norm.cdf(-2 / 3)
    expected = 2 + 3 * (norm.pdf(-2 / 3) - norm.pdf(2)) / share
    prior = samples[design.kind_of(NUMBERS) == "prior"]
    assert prior[:, NAMES.index("lai")].mean() == pytest.approx(expected, abs=0.15)


def test_the_splits_hold_all_kinds_in_equal_parts():
    numbers = np.arange(100_000)
    labels = np.char.add(design.split_of(numbers), design.kind_of(numbers))
    names, counts = np.unique(labels, return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {
        "testedge": 500,
        "testhot_spot": 1000,
        "testprior": 5000,
        "testwide": 3500,
        "trainedge": 4000,
        "trainhot_spot": 8000,
        "trainprior": 40_000,
        "trainwide": 28_000,
        "validationedge": 500,
        "validationhot_spot": 1000,
        "validationprior": 5000,
        "validationwide": 3500,
    }
