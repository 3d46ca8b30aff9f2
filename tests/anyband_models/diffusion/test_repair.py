import numpy as np
import pytest
import torch

from anyband_models.diffusion.guidance import Guidance
from anyband_models.diffusion.noise import LinearSchedule
from anyband_models.diffusion.repair import Sampling, repaired, sampled
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.errors import InputError, UsageError
from anyband_models.networks.config import UNetConfig

SHAPE = (6, 12, 10)
# Normalised over whole images, a U-Net is local nowhere; the pixelwise branch alone is.
LOCAL = UNetConfig(
    width=8, multipliers=(1,), blocks=1, attention=(), heads=2, context=8, spectral=16
)
SAMPLERS = ["ancestral", "ddim", "dpm++", "heun"]


@pytest.fixture
def local_model(make_model):
    def make(**settings):
        model = make_model(network=LOCAL, **({"low": 0.0, "high": 2.0} | settings))
        model.network.head.weight.zero_()
        model.network.head.bias.zero_()
        return model

    return make


@pytest.fixture
def scene(rng):
    values = rng.random(SHAPE, dtype=np.float32)
    mask = rng.random(SHAPE) < 0.5
    mask[:, 2, 3] = False
    return np.where(mask, values, np.float32(np.nan)), mask


@pytest.mark.parametrize("base", ["none", "linear"])
@pytest.mark.parametrize("tile", [1, 5, 8, 12])
def test_a_mean_is_the_same_however_it_is_cut(base, tile, local_model, scene):
    model = local_model(base=base)
    whole, cut = repaired(model, *scene, 64), repaired(model, *scene, tile)
    for ours, theirs in zip(cut, whole, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    assert whole[0].shape == whole[1].shape == SHAPE
    assert whole[0].dtype == np.float32


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("tile", [5, 8])
def test_a_sample_is_the_same_however_it_is_cut(sampler, tile, local_model, scene):
    model, how = local_model(base="linear"), Sampling(sampler, 3, True, 7)
    whole, cut = sampled(model, *scene, 64, how, 2), sampled(model, *scene, tile, how, 2)
    np.testing.assert_allclose(cut, whole, rtol=1e-3, atol=1e-3)
    assert np.isfinite(whole).all()
    assert not np.allclose(whole, sampled(model, *scene, 64, how, 3))


def test_a_mean_is_in_the_scenes_unit(make_model, rng):
    values, mask = rng.random(SHAPE, dtype=np.float32), rng.random(SHAPE) < 0.7
    plain = make_model(base="linear")
    counts = make_model(base="linear", low=200.0, high=1200.0)
    mean, std = repaired(plain, values, mask, 64)
    other, spread = repaired(counts, 200 + 1000 * values, mask, 64)
    np.testing.assert_allclose(other, 200 + 1000 * mean, rtol=1e-3)
    np.testing.assert_allclose(spread, 1000 * std, rtol=1e-5)
    np.testing.assert_allclose(mean[mask], values[mask], atol=1e-6)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_observed_values_stay_if_they_are_pasted(sampler, make_model, scene):
    values, mask = scene
    model = make_model(base="none", low=0.0, high=2.0)
    pasted = sampled(model, values, mask, 8, Sampling(sampler, 3, True, 7))
    free = sampled(model, values, mask, 8, Sampling(sampler, 3, False, 7))
    np.testing.assert_allclose(pasted[mask], values[mask], atol=1e-6)
    assert np.abs(free[mask] - values[mask]).max() > 1e-2


def test_what_stands_where_nothing_was_observed_changes_nothing(make_model, scene):
    values, mask = scene
    model, how = make_model(base="linear"), Sampling("dpm++", 2, True, 7)
    for garbage in (0, 1e30, np.inf, -np.inf):
        dirty = np.where(mask, values, np.float32(garbage))
        np.testing.assert_array_equal(
            sampled(model, dirty, mask, 8, how), sampled(model, values, mask, 8, how)
        )
        np.testing.assert_array_equal(
            repaired(model, dirty, mask, 8)[0], repaired(model, values, mask, 8)[0]
        )


def ndvi(model, value):
    return OperatorTarget("ndvi", model.spec.bands, value)


def guided(model, value, **settings):
    settings = {"every": 1, "last": 1.0} | settings
    return Sampling("dpm++", 6, True, 7, Guidance([ndvi(model, value)], **settings))


def test_guidance_brings_a_sample_to_a_map_tile_by_tile(local_model):
    model = local_model(base="none", low=1.0, high=1.4)
    values, mask = np.zeros(SHAPE, dtype=np.float32), np.zeros(SHAPE, dtype=bool)
    wanted = torch.linspace(-0.1, 0.1, 12 * 10).reshape(12, 10)
    target, records, losses = ndvi(model, wanted), [], []
    for scale in (0.0, 1.0):
        how = guided(model, wanted, scale=scale)
        found = sampled(model, values, mask, 8, how, records=records)
        losses.append(target(torch.from_numpy(found)[None]).item())
    assert losses[1] < 0.3 * losses[0]
    assert len(records) == 4 * 6  # 2 x 2 tiles, 6 rungs
    assert [list(record.losses) for record in records] == [["ndvi"]] * 24


def test_guidance_of_no_scale_changes_no_bit(make_model, scene):
    model = make_model(base="linear")
    plain = sampled(model, *scene, 8, Sampling("dpm++", 6, True, 7))
    other = sampled(model, *scene, 8, guided(model, 0.5, scale=0.0))
    np.testing.assert_array_equal(other.view(np.int32), plain.view(np.int32))


@pytest.mark.parametrize("size", [(20, 20), (12, 11), (8, 8)])
def test_a_map_of_another_size_is_refused_though_a_part_of_it_would_fit(size, make_model, scene):
    model = make_model()
    with pytest.raises(InputError, match="the image has 12 and 10; give a map of 12 rows and 10"):
        sampled(model, *scene, 8, guided(model, torch.zeros(size)))


def test_more_steps_than_the_noise_has_times_are_refused(make_model, scene):
    model = make_model(schedule=LinearSchedule(steps=20))
    with pytest.raises(UsageError, match=r"21 steps was asked for; .* ask for 1 to 20"):
        sampled(model, *scene, 8, Sampling("dpm++", 21, True, 7))
    found = sampled(model, *scene, 8, Sampling("dpm++", 20, True, 7))
    assert np.isfinite(found).all()
