import numpy as np
import pytest
import torch

from anyband_models.diffusion.band_diffusion import BandDiffusion, Problem
from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.noise import LogNormalSchedule
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec
from anyband_models.networks.config import UNetConfig

TINY = UNetConfig(width=8, multipliers=(1, 2), blocks=1, attention=(), heads=2, context=8)


@pytest.fixture
def rng():
    return np.random.default_rng(2026)


@pytest.fixture
def make_spec():
    """Return what makes the spec of a tiny model."""

    def make(wavelength=None, network=TINY, low=0.0, high=1.0, good=None, **diffusion):
        wavelength = np.linspace(450, 950, 6) if wavelength is None else np.asarray(wavelength)
        diffusion = {"schedule": LogNormalSchedule(), "prediction": "edm"} | diffusion
        return ModelSpec(
            network=network,
            diffusion=DiffusionConfig(**diffusion),
            normalisation=Normalisation(low=low, high=high),
            wavelength=tuple(wavelength.tolist()),
            fwhm=(10.0,) * len(wavelength),
            good=(True,) * len(wavelength) if good is None else good,
            quantity="reflectance",
            patch=16,
            trained_on=("nothing",),
        )

    return make


@pytest.fixture
def make_model(make_spec):
    """Return what makes a tiny model; its layers of zeros are random, unless it is new."""

    def make(new=False, **settings):
        torch.manual_seed(11)
        model = BandDiffusion(make_spec(**settings))
        for parameter in model.network.parameters():
            if not new and not parameter.abs().max():
                torch.nn.init.normal_(parameter, std=0.1)
        return model.eval().requires_grad_(False)

    return make


@pytest.fixture
def make_condition():
    """Return what makes a condition of images, some of which is observed."""

    def make(known, observed):
        observed = observed.expand(known.shape)
        channels = torch.cat([torch.where(observed, known, 0.0), observed.to(known)], dim=1)
        return Condition(known, observed, channels)

    return make


@pytest.fixture
def make_problem(make_condition):
    """Return what makes a problem whose z is the normalised image itself."""

    def make(known, observed):
        zeros = torch.zeros_like(known)
        return Problem(make_condition(known, observed), zeros, torch.ones_like(known))

    return make
