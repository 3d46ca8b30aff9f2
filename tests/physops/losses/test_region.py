import math

import pytest
import torch

import physops
from physops.errors import DensityError, ParameterError, PatchError
from physops.losses import RegionLoss, random_corners
from srf_library import UnknownNameError

NAMES = ("ndvi", "ndwi", "evi")
RANGES = {"evi": (-1.0, 2.0)}


def built(**changes):
    given = {"sensor": "S2A", "size": 6, "patches": 3, "ranges": RANGES, "bins": 64}
    return RegionLoss(NAMES, **{**given, **changes})


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exact_density(values, low, high, bins, bandwidth):
    """Return the kernel density at the bins' centres, each value by itself."""
    centres = low + (torch.arange(bins, dtype=torch.float64) + 0.5) * (high - low) / bins
    apart = (values.clamp(low, high)[:, None] - centres) / (bandwidth * (high - low))
    density = (-(apart**2) / 2).exp().sum(dim=0)
    return density / density.sum()


@pytest.mark.parametrize("divergence", ["kl", "log-kl"])
def test_it_is_eq_7_with_the_exact_density_patch_by_patch(estimate, truth, divergence):
    loss = built(divergence=divergence, bins=128, bandwidth=0.03)
    found = loss.divergences(estimate, truth, generator=seeded())
    assert found.shape == (2, 3, 3)
    corners = random_corners(truth, 3, 6, seeded())
    for i in range(2):
        for k, name in enumerate(NAMES):
            index, (low, high) = physops.get(name, sensor="S2A"), RANGES.get(name, (-1, 1))
            for n in range(3):
                row, column = corners[i, n].tolist()
                place = (i, slice(None), slice(row, row + 6), slice(column, column + 6))
                p, q = (
                    exact_density(index(x[place]).flatten(), low, high, 128, 0.03)
                    for x in (truth, estimate)
                )
                expected = (p * (p.clamp(min=1e-300).log() - q.clamp(min=1e-300).log())).sum()
                torch.testing.assert_close(found[i, k, n], expected, rtol=2e-3, atol=1e-4)
    total = loss(estimate, truth, generator=seeded())
    torch.testing.assert_close(total, found.mean(dim=(1, 2)))


@pytest.mark.parametrize("divergence", ["kl", "log-kl", "js", "w1"])
def test_it_is_zero_for_the_truth_itself_and_positive_elsewhere(estimate, truth, divergence):
    loss = built(divergence=divergence)
    assert loss(truth, truth).abs().max() < 1e-9
    assert (loss.divergences(estimate, truth) > 0).all()


def test_wasserstein_is_the_shift_as_a_share_of_the_range():
    loss = RegionLoss(["ndvi"], wavelengths=[665, 842], size=4, divergence="w1", bandwidth=0.02)
    red, nir = torch.full((1, 8, 8), 0.2), torch.full((1, 8, 8), 0.3)
    truth, estimate = torch.stack([red, nir], dim=1), torch.stack([red, 2 * nir], dim=1)
    apart = 0.4 / 0.8 - 0.1 / 0.5
    assert loss(estimate, truth).item() == pytest.approx(apart / 2, abs=1e-4)


def test_in_logarithms_there_is_a_slope_where_distributions_do_not_overlap():
    truth = torch.tensor([0.05, 0.5])[:, None, None] + 0.002 * torch.rand(
        2, 8, 8, generator=seeded()
    )
    slopes = {}
    for divergence in ("kl", "log-kl", "w1"):
        loss = RegionLoss(["ndvi"], wavelengths=[665, 842], size=8, divergence=divergence)
        estimate = torch.full((2, 8, 8), 0.2).requires_grad_()
        loss(estimate, truth).backward()
        slopes[divergence] = estimate.grad
    assert slopes["kl"].abs().max() < 1e-12
    for divergence in ("log-kl", "w1"):
        # More red and less near infrared would make it worse.
        assert (slopes[divergence][0] > 1e-3).all()
        assert (slopes[divergence][1] < -1e-3).all()


def test_what_is_masked_or_not_known_in_either_is_as_if_it_were_not_there(estimate, truth):
    # A patch as large as the image has one place, so that values can be left out by hand.
    loss = built(size=12, patches=1)
    mask = torch.rand(12, 12, generator=seeded(3)) < 0.5
    holes, wrong = truth.clone(), estimate.clone()
    holes[:, :, ~mask] = torch.nan
    wrong[:, :, ~mask] = 7.0
    found = loss(estimate, truth, mask)
    torch.testing.assert_close(loss(estimate, holes), found)
    torch.testing.assert_close(loss(wrong, truth, mask), found)
    # The pixels that count, each four times, in an image of no others.
    kept = mask.flatten().nonzero().flatten()[:36]
    few = torch.zeros(144, dtype=torch.bool)
    few[kept] = True
    alone = [x.flatten(2)[:, :, kept].unflatten(-1, (6, 6)) for x in (estimate, truth)]
    tiled = [x.repeat(1, 1, 2, 2) for x in alone]
    torch.testing.assert_close(loss(*tiled), loss(estimate, truth, few.reshape(12, 12)))


def test_a_band_that_is_not_known_spoils_only_the_indices_that_need_it(estimate, truth):
    loss, holes = built(), truth.clone()
    blue = 1
    holes[:, blue] = torch.nan
    found = loss.divergences(estimate, holes, generator=seeded())
    whole = loss.divergences(estimate, truth, generator=seeded())
    torch.testing.assert_close(found[:, :2], whole[:, :2])
    assert torch.isnan(found[:, 2]).all()
    torch.testing.assert_close(
        loss(estimate, holes, generator=seeded()), whole[:, :2].mean(dim=(1, 2))
    )


def test_a_patch_without_a_pixel_is_no_zero_in_the_mean(estimate, truth):
    loss, mask = built(patches=40), torch.ones(12, 12, dtype=torch.bool)
    mask[:, :7] = False
    found = loss.divergences(estimate, truth, mask, generator=seeded())
    empty = torch.isnan(found)
    assert 0 < empty.sum() < found.numel()
    mean = torch.stack([rows[~gone].mean() for rows, gone in zip(found, empty, strict=True)])
    torch.testing.assert_close(loss(estimate, truth, mask, generator=seeded()), mean)
    nothing = torch.zeros(12, 12, dtype=torch.bool)
    assert (loss(estimate, truth, nothing) == 0).all()


def test_patches_are_those_of_the_generator(estimate, truth):
    loss = built(patches=1)
    first = loss(estimate, truth, generator=seeded(1))
    torch.testing.assert_close(loss(estimate, truth, generator=seeded(1)), first)
    assert not torch.equal(loss(estimate, truth, generator=seeded(2)), first)


@pytest.mark.parametrize("divergence", ["kl", "log-kl", "js", "w1"])
def test_gradients_are_right(estimate, truth, divergence):
    loss = RegionLoss(["ndvi"], wavelengths=[665, 842], size=4, patches=2, divergence=divergence)
    near = truth[:1, 3:5, :5, :5]
    x = estimate[:1, 3:5, :5, :5].clone().requires_grad_()
    mask = torch.rand(5, 5, generator=seeded()) < 0.8
    assert torch.autograd.gradcheck(lambda x: loss(x, near, mask, generator=seeded()), x)


def test_digital_numbers_are_reflectance_by_their_scale(estimate, truth):
    found = built(scale=1e-4)(estimate * 1e4, truth * 1e4, generator=seeded())
    torch.testing.assert_close(found, built()(estimate, truth, generator=seeded()))


def test_an_estimate_that_cannot_be_reflectance_is_no_error(estimate, truth):
    assert torch.isfinite(built()(estimate * 100 - 20, truth)).all()


def test_the_share_of_values_outside_the_ranges_is_told(truth):
    loss = RegionLoss(["ndvi", "sr"], sensor="S2A", ranges={"ndvi": (-1, 0), "sr": (0, 50)}, size=4)
    ndvi = physops.get("ndvi", sensor="S2A")(truth)
    expected = {"NDVI": (ndvi > 0).double().mean().item(), "SR": 0.0}
    assert loss.clipped(truth) == pytest.approx(expected)


def test_bad_choices_are_refused(estimate, truth):
    with pytest.raises(UnknownNameError, match="a divergence called 'kll'"):
        built(divergence="kll")
    with pytest.raises(ParameterError, match="patches is 0"):
        built(patches=0)
    with pytest.raises(DensityError, match="bandwidth"):
        built(bandwidth=0.001)
    with pytest.raises(PatchError, match="give a size of at most 12"):
        built(size=13)(estimate, truth)


def test_it_says_what_it_is():
    assert "NDVI, NDWI, EVI; 3 patches of 6 x 6, log-kl" in repr(built())
    assert math.isfinite(built()(*[torch.rand(13, 8, 8)] * 2).item())
