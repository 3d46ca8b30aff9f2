from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anyband_models.diffusion.ground import MOST_SHOWN, FromLines, Plain, ground_of
from anyband_models.diffusion.interpolation import straight_lines

NM = torch.linspace(450, 950, 6, dtype=torch.float64)
SHAPE = (6, 3, 4)


@cache
def fitted():
    """Return a ground that learned from spectra that walk at random."""
    rng, ground = np.random.default_rng(1), FromLines(NM)
    spectra = rng.standard_normal((20_000, 6)).cumsum(axis=1).astype(np.float32)
    masks = [rng.random(6) < rng.uniform(0.1, 0.9) for _ in range(100)]
    ground.fit(torch.from_numpy(spectra), masks)
    return ground


@pytest.fixture
def lines():
    return fitted()


def image(seed):
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


@given(mask=arrays(bool, SHAPE), base=st.sampled_from(["none", "linear"]))
def test_an_image_is_its_centre_and_scale_times_z(mask, base):
    ground = Plain() if base == "none" else fitted()
    values, observed = image(1), torch.from_numpy(mask)
    found = ground(values, observed)
    latent = (values - found.centre) / found.scale
    torch.testing.assert_close(found.centre + found.scale * latent, values, rtol=1e-4, atol=1e-4)
    # What is known of z is z, where the value is known.
    assert torch.equal(found.known[observed], latent[observed])
    assert torch.all(found.scale > 0)


def test_the_plain_ground_is_the_papers(rng):
    values, observed = image(2), torch.from_numpy(rng.random(SHAPE) < 0.5)
    found = ground_of("none", NM)(torch.where(observed, values, torch.nan), observed)
    assert torch.equal(found.channels[:6], torch.where(observed, values, 0.0))
    assert torch.equal(found.channels[6:], observed.float())
    assert not found.centre.any()
    assert torch.equal(found.scale, torch.ones(SHAPE))


def test_lines_are_the_centre_and_z_is_zero_where_observed(lines, rng):
    values, observed = image(3), torch.from_numpy(rng.random(SHAPE) < 0.6)
    observed[0] = True
    found = lines(torch.where(observed, values, torch.nan), observed)
    line = straight_lines(values, observed, NM)
    assert torch.equal(found.centre, line.value)
    assert torch.equal(found.centre[observed], values[observed])
    assert not found.known.any()
    assert torch.equal(found.channels[6:], observed.float())
    expected = (line.value - lines.mean[:, None, None]) / lines.spread[:, None, None]
    torch.testing.assert_close(found.channels[:6], expected)


def test_a_pixel_without_a_band_starts_from_the_mean_spectrum(lines):
    observed = torch.ones(SHAPE).bool()
    observed[:, 1, 2] = False
    for mask in (observed, torch.zeros(6, 1, 1).bool()):
        found = lines(image(4), mask)
        torch.testing.assert_close(found.centre[:, 1, 2], lines.mean)
        torch.testing.assert_close(found.scale[:, 1, 2], lines.spread)
        assert not found.channels[:6, 1, 2].any()


def test_a_mask_of_one_pixel_is_that_of_all(lines):
    mask = torch.tensor([1, 0, 1, 0, 0, 1]).bool()[:, None, None]
    for ground in (lines, Plain()):
        short, full = ground(image(5), mask), ground(image(5), mask.expand(SHAPE).contiguous())
        for ours, theirs in zip(short, full, strict=True):
            assert torch.equal(ours, theirs)


def test_z_has_about_unit_variance_wherever_something_is_missing(lines, rng):
    spectra = rng.standard_normal((6, 50, 50)).cumsum(axis=0).astype(np.float32)
    values = torch.from_numpy(spectra)
    for few in ([1, 1, 0, 1, 1, 1], [1, 0, 0, 0, 0, 1], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]):
        observed = torch.tensor(few).bool()[:, None, None]
        found = lines(values, observed)
        latent = ((values - found.centre) / found.scale)[~observed[:, 0, 0]]
        assert 0.8 < latent.square().mean().sqrt() < 1.25


def test_mean_and_spread_are_those_of_the_spectra(rng):
    ground, spectra = FromLines(NM), torch.from_numpy(rng.random((500, 6), dtype=np.float32))
    ground.fit(spectra, [np.array([1, 0, 1, 0, 1, 1], bool)])
    torch.testing.assert_close(ground.mean, spectra.mean(dim=0))
    torch.testing.assert_close(ground.spread, spectra.std(dim=0))


@pytest.mark.parametrize("absurd", [1e30, -3e38])
def test_an_absurd_value_is_shown_as_a_large_one(absurd, lines):
    values, observed = image(6), torch.ones(SHAPE).bool()
    values[2, 1, 1] = absurd
    for ground in (lines, Plain()):
        channels = ground(values, observed).channels
        assert channels.abs().max() == MOST_SHOWN
        assert channels[2, 1, 1] == (MOST_SHOWN if absurd > 0 else -MOST_SHOWN)
    assert lines(values, observed).centre[2, 1, 1] == torch.tensor(absurd)
