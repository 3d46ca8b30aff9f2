"""The project's own model: with a silent network it is the prior; what a network can change."""

import numpy as np
import pytest
import torch

from anyband_models.diffusion.any_bands import AnyBands, AnyBandsSpec
from anyband_models.diffusion.any_bands_files import write_any_bands
from anyband_models.distributions.expectation_maximisation import fit_components
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.errors import WeightsError
from anyband_models.models.contract import Observation
from anyband_models.models.registry import create_model
from anyband_models.networks.bandwise import BandwiseConfig
from physops.bands import Bands

GRID = np.arange(400.0, 2501.0, 20.0)
SMALL = AnyBandsSpec(network=BandwiseConfig(width=2, latents=2, trunk=4))


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A small prior, and small networks: one that says nothing, one that talks."""
    folder = tmp_path_factory.mktemp("anyband")
    components = fit_components(np.random.default_rng(1).standard_normal((900, 2)), 2, seed=0)
    loads = np.stack([0.1 * np.ones(len(GRID)), 0.05 * np.sin(GRID / 150)], axis=1)
    rest = np.full(len(GRID), 1e-4)
    prior = folder / "prior.safetensors"
    SpectralPrior(GRID, np.full(len(GRID), 0.4), loads, rest, components).write(prior)
    write_any_bands(folder / "silent.json", AnyBands(SMALL), {}, {})
    torch.manual_seed(3)
    talking = AnyBands(SMALL)
    for parameter in talking.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    talking.spread *= 1.5
    write_any_bands(folder / "talking.json", talking, {}, {})

    def of(network, **more):
        return {"weights": str(prior), "network": str(folder / f"{network}.json"), **more}

    return of


def scene(rng, bands=13, rows=6, cols=7):
    nm = np.linspace(430, 2400, bands)
    scores = rng.standard_normal((2, rows, cols)) * 0.1
    values = 0.4 + scores[0] + scores[1] * np.sin(nm / 150)[:, None, None]
    values = (values + 0.01 * rng.standard_normal(values.shape)).astype(np.float32)
    mask = np.ones(values.shape, dtype=bool)
    mask[rng.permutation(bands)[: bands // 2]] = False
    mask[:, 0, 0] = False  # a pixel without data
    return np.where(mask, values, np.float32(np.nan)), mask, Bands.at(nm)


@pytest.mark.parametrize("support", [None, 60, 300])
def test_with_a_silent_network_the_mean_is_the_priors(rng, settings, support):
    values, mask, bands = scene(rng)
    if support:
        complete = 0.4 + 0.1 * rng.standard_normal((support, 13))
        support = complete.astype(np.float32)
    seen = Observation(values, mask, bands, support)
    ours = create_model("anyband", **settings("silent")).reconstruct(seen)
    theirs = create_model("prior", weights=settings("silent")["weights"]).reconstruct(seen)
    # Of this support, which is noise, the kernel has nothing to tell.
    np.testing.assert_array_equal(ours.mean, theirs.mean)
    np.testing.assert_array_equal(ours.std, theirs.std)
    np.testing.assert_array_equal(ours.provenance, theirs.provenance)
    np.testing.assert_array_equal(ours.caution, theirs.caution)


def test_with_a_silent_network_samples_are_the_priors_draws(rng, settings):
    seen = Observation(*scene(rng))
    prior = create_model("prior", weights=settings("silent")["weights"])
    theirs = prior.reconstruct(seen, samples=3, seed=4)
    missing = theirs.repaired
    for sampler in ("heun", "dpm++"):
        model = create_model(
            "anyband", **settings("silent", sampler=sampler, steps=4, context="always")
        )
        ours = model.reconstruct(seen, samples=3, seed=4)
        apart, expected = (
            (each.samples - theirs.mean)[:, missing] / theirs.std[missing]
            for each in (ours, theirs)
        )
        np.testing.assert_allclose(apart, expected, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(apart.std(), expected.std(), rtol=0.03)


def test_a_kernel_mends_what_bends(rng, settings):
    _, mask, bands = scene(rng, rows=9, cols=9)
    nm = bands.wavelength

    def bent(cube):
        level = np.nanmean(cube[mask[:, 1, 1]], axis=0)
        return (cube + 0.3 * np.abs(level - 0.4) * np.sin(nm / 60)[:, None, None]).astype("f4")

    full = rng.standard_normal((2, 25, 25)) * 0.1
    support = bent(0.4 + full[0] + full[1] * np.sin(nm / 150)[:, None, None])
    truth = bent(0.4 + full[0, :9, :9] + full[1, :9, :9] * np.sin(nm / 150)[:, None, None])
    mask[:, 0, 0] = True
    mask[~mask[:, 1, 1]] = False
    seen = Observation(
        np.where(mask, truth, np.float32(np.nan)),
        mask,
        bands,
        support.reshape(13, -1).T[81:].copy(),
    )
    ours = create_model("anyband", **settings("silent")).reconstruct(seen)
    theirs = create_model("prior", weights=settings("silent")["weights"]).reconstruct(seen)
    errors = [np.sqrt(np.mean((each.mean - truth)[~mask] ** 2)) for each in (ours, theirs)]
    assert errors[0] < 0.9 * errors[1]


def test_a_network_is_heard_and_observed_values_stay(rng, settings):
    values, mask, bands = scene(rng)
    seen = Observation(values, mask, bands)
    silent, talking = (
        create_model("anyband", **settings(name, context="always")).reconstruct(seen, samples=2)
        for name in ("silent", "talking")
    )
    missing = silent.repaired
    assert not np.any(silent.mean[missing] == talking.mean[missing])
    np.testing.assert_allclose(talking.std[missing], 1.5 * silent.std[missing], rtol=1e-5)
    for layer in (talking.mean, *talking.samples):
        np.testing.assert_array_equal(layer.view(np.uint32)[mask], values.view(np.uint32)[mask])
        assert np.isnan(layer[:, 0, 0]).all()
        assert np.isfinite(layer[missing]).all()


def test_tiles_do_not_change_the_result(rng, settings):
    seen = Observation(*scene(rng, rows=17, cols=15))
    whole, *parts = (
        create_model("anyband", **settings("talking", tile=tile, steps=2)).reconstruct(seen, 1, 3)
        for tile in (64, 8, 5)
    )
    for part in parts:
        np.testing.assert_allclose(part.mean, whole.mean, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(part.samples, whole.samples, rtol=1e-4, atol=1e-5)


def test_the_mean_may_be_that_of_samples(rng, settings):
    seen = Observation(*scene(rng))
    model = create_model("anyband", **settings("talking", means_of=5))
    result = model.reconstruct(seen, samples=2, seed=9)
    assert len(result.samples) == 2
    five = create_model("anyband", **settings("talking")).reconstruct(seen, samples=5, seed=9)
    np.testing.assert_allclose(result.mean, five.samples.mean(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(result.samples, five.samples[:2])
    assert model.reconstruct(seen).samples is None


@pytest.mark.parametrize("bands", [2, 4, 200])
def test_any_number_of_bands_is_served(rng, settings, bands):
    values, mask, at = scene(rng, bands, 2, 3)
    result = create_model("anyband", **settings("talking")).reconstruct(
        Observation(values, mask, at), samples=1
    )
    assert np.isfinite(result.mean[:, 1]).all()
    assert np.isfinite(result.samples[:, :, 1]).all()


def test_a_network_that_is_not_there_is_refused(rng, settings, tmp_path):
    model = create_model("anyband", **settings("silent") | {"network": str(tmp_path / "no.json")})
    with pytest.raises(WeightsError, match=r"no\.json is not there; train the model again"):
        model.reconstruct(Observation(*scene(rng)))


def test_a_network_that_errs_on_hidden_entries_is_not_believed(rng, settings):
    level = rng.random((1, 12, 12), dtype=np.float32)
    nm = np.linspace(450, 900, 13)
    values = (0.2 + 0.3 * level * np.sin(nm / 150)[:, None, None]).astype(np.float32)
    mask = rng.random(values.shape) > 0.3
    seen = Observation(np.where(mask, values, np.float32(np.nan)), mask, Bands.at(nm))
    doubted, never, always = (
        create_model("anyband", **settings("talking", context=context)).reconstruct(seen)
        for context in ("auto", "never", "always")
    )
    errors = [
        np.sqrt(np.mean((each.mean - values)[~mask] ** 2)) for each in (doubted, never, always)
    ]
    assert errors[2] > errors[1]  # what it says is wrong
    assert errors[0] < errors[1] + 0.2 * (errors[2] - errors[1])


def test_where_whole_bands_are_missing_it_is_not_asked(rng, settings):
    values, mask, bands = scene(rng)
    whole = np.broadcast_to(mask[:, 1:2, 1:2], mask.shape).copy()
    whole[:2] = False
    seen = Observation(np.where(whole, np.nan_to_num(values), np.float32(np.nan)), whole, bands)
    auto, never = (
        create_model("anyband", **settings("talking", context=context)).reconstruct(seen)
        for context in ("auto", "never")
    )
    np.testing.assert_array_equal(auto.mean, never.mean)
