"""Dual stochastic masking."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from anyband_models.training.masking import (
    REPAIR,
    DualMasking,
    MaskingConfig,
    sensor_view,
    sensor_views,
)
from physops import Bands
from srf_library import Band, Sensor, UnknownNameError, get, response_matrix

CENTRES = np.arange(430.0, 2450.0, 20.0)
BANDS = Bands.at(CENTRES)
SENSORS = ("landsat8_oli", "sentinel2a_msi")


def sensor(*bands):
    """A sensor of Gaussian bands, given as centre and width."""
    source = get("landsat8_oli")
    made = tuple(Band.gaussian(f"B{n}", *band) for n, band in enumerate(bands))
    return Sensor(id="made", title="made", bands=made, provenance=source.provenance)


@pytest.mark.parametrize("name", ["landsat8_oli", "sentinel2a_msi", "eo1_hyperion"])
def test_what_a_sensor_saw_is_its_bands_projected_back(name):
    view = sensor_view(name, BANDS, reach=0.1)
    response = response_matrix(name, CENTRES, method="integral-linear").weights
    spectrum = np.random.default_rng(0).uniform(0, 1, len(CENTRES))
    measured = response @ spectrum
    seen = view.through.double().numpy() @ spectrum
    for b in range(len(CENTRES)):
        reached = [
            k
            for k, row in enumerate(response)
            if row.max() > 0 and row[b] > 0 and row[b] >= 0.1 * row.max()
        ]
        assert bool(view.seen[b]) == bool(reached)
        expected = 0.0
        if reached:
            weights = [response[k, b] for k in reached]
            expected = np.dot(weights, measured[reached]) / sum(weights)
        assert seen[b] == pytest.approx(expected, abs=1e-6)
    assert 0 < view.seen.sum() <= len(CENTRES)


@given(st.floats(-1, 1, width=32))
def test_a_constant_spectrum_stays_constant(value):
    view = sensor_view("landsat8_oli", BANDS, reach=0.1)
    seen = view.through @ torch.full((len(CENTRES),), value)
    assert torch.allclose(seen[view.seen], torch.tensor(value), atol=1e-6)
    assert (seen[~view.seen] == 0).all()


def test_a_sensor_narrower_than_the_bands_is_the_identity_where_it_sees():
    narrow = sensor(*[(centre, 0.05) for centre in CENTRES[10:60:7]])
    view = sensor_view(narrow, BANDS, reach=0.1)
    assert np.flatnonzero(view.seen.numpy()).tolist() == list(range(10, 60, 7))
    identity = torch.eye(len(CENTRES))[view.seen]
    torch.testing.assert_close(view.through[view.seen], identity, atol=2e-3, rtol=0)


def test_bands_that_are_not_good_are_neither_seen_nor_looked_at():
    good = np.ones(len(CENTRES), dtype=bool)
    good[6:9] = False
    view = sensor_view("landsat8_oli", Bands(CENTRES, np.full(len(CENTRES), np.nan), good), 0.1)
    assert not view.seen[6:9].any()
    assert (view.through[6:9] == 0).all()
    assert (view.through[:, 6:9] == 0).all()


def test_the_order_of_the_bands_does_not_matter():
    order = np.random.default_rng(1).permutation(len(CENTRES))
    sorted_ = sensor_view("landsat8_oli", BANDS, 0.1)
    mixed = sensor_view("landsat8_oli", Bands.at(CENTRES[order]), 0.1)
    assert torch.equal(mixed.seen, sorted_.seen[order])
    torch.testing.assert_close(mixed.through, sorted_.through[order][:, order])


def test_sensors_that_do_not_reach_the_scene_are_not_drawn():
    thermal = Bands.at(np.arange(5000.0, 6000.0, 50.0))
    assert sensor_views(MaskingConfig(), thermal) == []
    masking = DualMasking(MaskingConfig(drop=(0, 0)), thermal)
    patch = torch.rand(20, 2, 2)
    masked = masking(patch, np.random.default_rng(0))
    assert torch.equal(masked.values, patch)
    assert masked.observed.all()


def test_a_sensor_that_sees_one_band_alone_is_not_drawn():
    blue = Bands.at(np.arange(470.0, 500.0, 10.0))
    seen = [view.seen.sum() for view in sensor_views(MaskingConfig(sensors=SENSORS), blue)]
    assert all(count >= 2 for count in seen)
    assert len(sensor_views(MaskingConfig(sensors=SENSORS), BANDS)) == 2


def test_an_unknown_sensor_is_refused():
    with pytest.raises(UnknownNameError, match="landsat9_oil"):
        DualMasking(MaskingConfig(sensors=("landsat9_oil",)), BANDS)


def test_both_stages_count_and_sensors_are_drawn_evenly():
    config = MaskingConfig(sensors=SENSORS, drop=(0.3, 0.3), drop_entries=0.0)
    masking, rng = DualMasking(config, BANDS), np.random.default_rng(0)
    patch = torch.rand(len(CENTRES), 2, 2)
    drawn = [0, 0]
    kept = []
    for _ in range(400):
        masked = masking(patch, rng)
        which = next(
            n
            for n, view in enumerate(masking.views)
            if torch.equal(masked.values, torch.einsum("ij,jyx->iyx", view.through, patch))
        )
        view = masking.views[which]
        assert not masked.observed[~view.seen].any()
        kept.append(masked.observed[view.seen].float().mean().item())
        drawn[which] += 1
    assert np.mean(kept) == pytest.approx(0.7, abs=0.03)
    assert drawn[0] / 400 == pytest.approx(0.5, abs=0.1)


def test_a_mask_without_a_patch_has_both_stages():
    config = MaskingConfig(sensors=SENSORS, sensor=0.5, drop=(0, 0))
    masking, rng = DualMasking(config, BANDS), np.random.default_rng(0)
    kinds = [np.ones(len(CENTRES), bool), *(view.seen.numpy() for view in masking.views)]
    drawn = []
    for _ in range(300):
        mask = masking.mask(rng, (2, 2))
        drawn.append([(mask == kind[:, None, None]).all() for kind in kinds].index(True))
    shares = np.bincount(drawn) / 300
    np.testing.assert_allclose(shares, [0.5, 0.25, 0.25], atol=0.08)


def test_a_sensors_mask_alone_leaves_the_values():
    config = MaskingConfig(sensors=SENSORS, averaged=False, drop=(0, 0))
    masking = DualMasking(config, BANDS)
    patch = torch.rand(len(CENTRES), 2, 2)
    masked = masking(patch, np.random.default_rng(0))
    assert masked.values is patch
    assert any(torch.equal(masked.observed[:, 0, 0], view.seen) for view in masking.views)


def test_what_is_not_known_is_never_observed():
    patch = torch.rand(len(CENTRES), 3, 3)
    patch[5, 1, 1] = torch.nan
    rng = np.random.default_rng(0)
    plain = DualMasking(MaskingConfig(sensor=0, drop=(0, 0)), BANDS)(patch, rng)
    assert torch.equal(plain.observed.expand(patch.shape), torch.isfinite(patch))
    seen = DualMasking(MaskingConfig(sensors=SENSORS, drop=(0, 0)), BANDS)(patch, rng)
    assert not seen.observed[:, 1, 1].any()  # a sensor's bands mix all of a pixel
    assert seen.observed[:, 0, 0].any()
    assert torch.isfinite(seen.values).all()


def masks(count=400, size=(4, 4), good=None, **settings):
    good = np.ones(len(CENTRES), dtype=bool) if good is None else good
    bands = Bands(CENTRES, np.full(len(CENTRES), np.nan), good)
    masking = DualMasking(MaskingConfig(sensor=0, **settings), bands)
    rng = np.random.default_rng(3)
    return [masking.second(rng, size) for _ in range(count)]


def test_bernoulli_by_bands_drops_whole_bands_at_an_even_rate():
    drawn = masks(drop=(0.1, 0.7), drop_entries=0.0)
    assert {mask.shape for mask in drawn} == {(len(CENTRES), 1, 1)}
    dropped = np.array([1 - mask.mean() for mask in drawn])
    assert dropped.mean() == pytest.approx(0.4, abs=0.03)
    assert dropped.std() == pytest.approx(0.6 / np.sqrt(12), abs=0.03)
    each = np.mean([mask[:, 0, 0] for mask in drawn], axis=0)
    assert np.abs(each - 0.6).max() < 0.12


def test_bernoulli_by_entries_drops_every_entry_by_itself():
    drawn = masks(drop=(0.5, 0.5), drop_entries=1.0)
    assert {mask.shape for mask in drawn} == {(len(CENTRES), 4, 4)}
    stacked = np.array(drawn, dtype=float)
    assert stacked.mean() == pytest.approx(0.5, abs=0.005)
    first, second = stacked[:, :, 0, 0].ravel(), stacked[:, :, 0, 1].ravel()
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02


def test_a_share_of_the_patches_is_masked_by_entries():
    shapes = [mask.shape[1] for mask in masks(drop_entries=0.3)]
    assert np.mean([side == 4 for side in shapes]) == pytest.approx(0.3, abs=0.06)


def test_few_keeps_one_to_twelve_bands():
    counts = [int(mask.sum()) for mask in masks(few=1.0)]
    assert set(counts) == set(range(1, 13))
    assert np.mean(counts) == pytest.approx(6.5, abs=0.5)


def test_a_gap_is_a_run_of_neighbours_in_wavelength():
    good = np.ones(len(CENTRES), dtype=bool)
    good[[3, 40]] = False
    for mask in masks(gap=1.0, good=good):
        missing = np.flatnonzero(~mask[good, 0, 0])
        assert len(missing) >= 1
        assert (np.diff(missing) == 1).all()
        assert len(missing) <= 0.5 * good.sum()
        assert not mask[~good].any()


def test_nothing_is_nothing_and_kinds_come_by_their_shares():
    drawn = masks(800, nothing=0.2, few=0.3, gap=0.1, drop=(0, 0), drop_entries=0.0)
    counts = np.array([mask.sum() for mask in drawn])
    assert np.mean(counts == 0) == pytest.approx(0.2, abs=0.04)
    assert np.mean((counts > 0) & (counts <= 12)) == pytest.approx(0.3, abs=0.05)
    assert np.mean((counts > 12) & (counts < len(CENTRES))) == pytest.approx(0.1, abs=0.04)
    assert np.mean(counts == len(CENTRES)) == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"drop": (0.7, 0.1)}, "drop runs from 0.7 down to 0.1"),
        ({"few": 0.6, "gap": 0.6}, "sum to 1.2"),
        ({"drop_entries": 1.5}, "less than or equal to 1"),
    ],
)
def test_shares_that_cannot_be_are_refused(settings, words):
    with pytest.raises(ValidationError, match=words):
        MaskingConfig(**settings)


def test_the_masks_of_repairs_keep_the_scenes_own_values():
    assert not REPAIR.averaged
    masking, rng = DualMasking(REPAIR, BANDS), np.random.default_rng(0)
    patch = torch.rand(len(CENTRES), 2, 2)
    assert all(masking(patch, rng).values is patch for _ in range(50))
