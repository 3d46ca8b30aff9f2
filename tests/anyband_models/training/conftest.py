"""A generated scene, and a run on it that takes milliseconds a step."""

import numpy as np
import pytest
import torch

from anyband_models.networks.config import UNetConfig
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene
from anyband_models.training.config import TrainingConfig
from anyband_models.training.processes import Processes
from anyband_models.training.start import start

CENTRES = np.arange(450.0, 1700.0, 50.0)
NETWORK = UNetConfig(
    width=8, multipliers=(1, 2), blocks=1, attention=(1,), heads=2, context=8, spectral=8
)


def made(rows=20, columns=24, centres=CENTRES, quantity="reflectance", path="made"):
    """Three materials in smooth patterns, with a little noise; reflectance."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:rows, :columns] / 8.0
    shares = np.stack([1 + np.sin(y + phase) * np.cos(x - phase) for phase in (0.0, 1.0, 2.0)]) / 2
    curves = np.stack([np.exp(-(((centres - c) / 300) ** 2)) for c in (550.0, 900.0, 1400.0)])
    cube = 0.05 + 0.3 * np.einsum("myx,mb->byx", shares, curves)
    cube += 0.003 * rng.standard_normal(cube.shape)
    bands = len(centres)
    meta = SceneMeta(
        path=path,
        scale=(1.0,) * bands,
        offset=(0.0,) * bands,
        scale_declared=True,
        quantity=quantity,
    )
    return make_scene(cube.astype("<f4"), meta, centres, fwhm=np.full(bands, 30.0))


@pytest.fixture
def scene():
    return made


@pytest.fixture
def config():
    """Builds a config of few steps and a network of a few thousand weights."""

    def build(**changes):
        settings = {
            "scenes": ("made",),
            "network": NETWORK,
            "diffusion": {"prediction": "x0", "base": "linear"},
            "steps": 20,
            "batch": 4,
            "patch": 8,
            "stride": 4,
            "report_every": 1,
            "keep_every": 10,
            "optimiser": {"learning_rate": 1e-3},
            "masking": {"sensors": ("landsat8_oli", "sentinel2a_msi"), "averaged": False},
        }
        return TrainingConfig.model_validate(settings | changes)

    return build


@pytest.fixture
def begun(config, scene):
    """Starts a run on the generated scene."""

    def begin(made_scene=None, **changes):
        one = Processes(0, 1, torch.device("cpu"))
        return start([made_scene or scene()], config(**changes), one)

    return begin
