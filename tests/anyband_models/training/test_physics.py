"""The multi-scale physical loss while a model learns."""

import numpy as np
import pytest
import torch

from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.training.config import LossConfig
from anyband_models.training.physics import PhysicsLoss
from physops import Bands
from physops.priors import correlation_prior
from srf_library import UnknownNameError


@pytest.fixture
def images(scene):
    """Sixteen patches of the generated scene, normalised, and how."""
    values = scene(rows=48, columns=48).values
    scale = Normalisation.of(values)
    whole = scale.forward(torch.from_numpy(values.copy()))
    tiles = [whole[:, y : y + 12, x : x + 12] for y in range(0, 48, 12) for x in range(0, 48, 12)]
    return torch.stack(tiles), scale


def built(images, scale, centres, reflectance=True, **settings):
    prior = correlation_prior(images.movedim(1, 0).flatten(1), band_dim=0)
    config = LossConfig(physics=1.0, **({"operator": None} | settings))
    return PhysicsLoss(config, Bands.at(centres), scale, prior, reflectance, images.shape[-1])


def angle(a, b):
    return (torch.dot(a.flatten(), b.flatten()) / a.norm() / b.norm()).item()


def gradients(images, scale, centres, weighting, sigma):
    """Those of both losses, of a guess near the mean of all images, and how far it is from it."""
    generator = torch.Generator().manual_seed(0)
    mean = images.mean(dim=(0, 2, 3))[:, None, None].expand(images.shape[1:])
    apart = 0.1 * torch.randn(images.shape[1:], generator=generator)
    guess = (mean + apart).requires_grad_()
    loss = built(images, scale, centres, weighting=weighting)
    everywhere = guess.expand(images.shape)
    denoising = (everywhere - images).square().mean()
    noise = torch.full((len(images),), sigma)
    physics = loss(everywhere, images, noise, range(len(images))).total.mean()
    return *(torch.autograd.grad(part, guess)[0] for part in (denoising, physics)), apart


def test_without_a_weight_physics_fights_denoising_where_noise_is_high(images, scene):
    """At high noise the best guess is the mean: there denoising leads, and physics leads away."""
    tiles, scale = images
    centres, most = scene().wavelength, 157.0
    denoising, physics, apart = gradients(tiles, scale, centres, "none", most)
    assert angle(denoising, apart) > 0.5  # a step down leads back to the mean
    assert physics.norm() > 50 * denoising.norm()
    assert angle(denoising + physics, apart) < 0  # it no longer does
    denoising, physics, apart = gradients(tiles, scale, centres, "alpha-bar", most)
    assert physics.norm() < 0.1 * denoising.norm()
    assert angle(denoising + physics, denoising) > 0.99


def test_the_weight_is_the_share_of_the_image_in_what_is_seen(images, scene):
    tiles, scale = images
    sigma = torch.linspace(0.01, 20, len(tiles))
    estimate = tiles + 0.1
    plain, told = (
        built(tiles, scale, scene().wavelength, weighting=w)(estimate, tiles, sigma, range(16))
        for w in ("none", "alpha-bar")
    )
    torch.testing.assert_close(told.total, plain.total / (1 + sigma**2))
    assert all(torch.equal(told.terms[name], plain.terms[name]) for name in plain.terms)


def test_the_papers_weights_of_the_terms(images, scene):
    tiles, scale = images
    loss = built(tiles, scale, scene().wavelength, weighting="none", operator="toa")
    pixel, region, image = (found := loss(tiles * 0.8, tiles, torch.zeros(16), range(16))).terms
    assert (pixel, region, image) == ("pixel", "region", "image")
    expected = found.terms[pixel] + 0.5 * found.terms[region] + 0.2 * found.terms[image]
    torch.testing.assert_close(found.total, expected)


def test_an_images_loss_does_not_depend_on_its_neighbours(images, scene):
    tiles, scale = images
    loss = built(tiles, scale, scene().wavelength)
    sigma, seeds = torch.linspace(0, 1, 16), range(100, 116)
    whole = loss(tiles * 0.9, tiles, sigma, seeds)
    torch.manual_seed(5)
    parts = [
        loss(tiles[part] * 0.9, tiles[part], sigma[part], seeds[part])
        for part in (slice(0, 3), slice(3, 16))
    ]
    assert torch.equal(torch.cat([part.total for part in parts]), whole.total)
    other = loss(tiles * 0.9, tiles, sigma, range(16))
    assert not torch.equal(other.terms["region"], whole.terms["region"])


def test_an_operator_gets_neither_update_nor_gradient(begun):
    run = begun(loss={"physics": 1.0, "operator": "prosail_manifold"}, steps=3)
    operator = run.physics.loss.image.operator
    held = [*operator.parameters(), *operator.buffers()]
    before = [tensor.clone() for tensor in held]
    learned = {id(weight) for group in run.optimiser.param_groups for weight in group["params"]}
    curve = []
    run.train(None, curve.append)
    assert curve[-1].physics["image"] > 0
    assert held
    assert all(torch.equal(tensor, old) for tensor, old in zip(held, before, strict=True))
    assert not any(tensor.requires_grad or tensor.grad is not None for tensor in held)
    assert not learned & {id(tensor) for tensor in held}
    assert not operator.training


def test_an_operators_loss_reaches_the_estimate(images, scene):
    tiles, scale = images
    loss = built(tiles, scale, scene().wavelength, operator="toa", indices=())
    estimate = (tiles * 0.9).requires_grad_()
    image = loss(estimate, tiles, torch.zeros(16), range(16)).terms["image"]
    (slope,) = torch.autograd.grad(image.sum(), estimate)
    assert (slope.abs().sum(dim=(2, 3)) > 0).any(dim=1).all()


def test_what_the_bands_do_not_serve_is_left_out_and_said(images):
    tiles, scale = images
    few = np.arange(400.0, 500.0, 4.0)
    loss = built(tiles, scale, few, reflectance=False, operator="toa")
    assert [sentence.split(":")[0] for sentence in loss.left_out] == [
        "the region-level term lacks NDVI",
        "the region-level term lacks NDWI",
        "the image-level term is left out",
    ]
    assert list(loss(tiles, tiles, torch.zeros(16), range(16)).terms) == ["pixel"]


def test_an_unknown_index_or_operator_is_refused(images, scene):
    tiles, scale = images
    for settings in ({"indices": ("NDVX",)}, {"operator": "ndvx"}):
        with pytest.raises(UnknownNameError, match="is not known"):
            built(tiles, scale, scene().wavelength, **settings)
