"""Physics-guided sampling against the same sampler without it, for networks of two sizes.

A patch of 64 x 64 pixels, of which every fourth band is observed; weights as they are drawn, for
what they say costs nothing. Physics asks for a map of NDVI, a correlation matrix and the valid
range, with the defaults of `Guidance`. One thread. The goals are for the gradient by the clean
image; that through the network, which is what the paper's Eq. 3 says, is measured beside it: there
a guided step must not cost as much as three others.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Float32

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.guidance import Guidance, Through
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.repair import Sampling, sampled
from anyband_models.diffusion.spec import DiffusionConfig, ModelSpec
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.networks.config import PRESETS
from benchmarks.ratio import Ratio, time_ratio

SIDE, BANDS, RANGE_NM = 64, 103, (430.0, 860.0)  # the paper's patches, of the ROSIS sensor
ROUNDS = 7
BASE_PARAMETERS = 20e6
# With the defaults two steps of ten are guided.
THROUGH_GOAL = 1 + 2 / 10 * 2

Sampled = Callable[[], Float32[np.ndarray, "band y x"]]


def measure() -> dict[str, Ratio]:
    """Return the ratios of time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _measured()
    finally:
        torch.set_num_threads(threads)


def _measured() -> dict[str, Ratio]:
    small, base = Subject("small"), Subject("base")
    assert base.parameters >= BASE_PARAMETERS
    fast, paper = Sampling("dpm++", 10, True, 0), Sampling("ddim", 50, True, 0)
    return {
        small.label("dpm++, 10 steps"): small.ratio(fast, "clean", 1.12, ROUNDS),
        small.label("ddim, 50 steps"): small.ratio(paper, "clean", 1.12, 3),
        small.label("through the network"): small.ratio(fast, "network", THROUGH_GOAL, 3),
        base.label("dpm++, 10 steps"): base.ratio(fast, "clean", 1.05, ROUNDS),
        base.label("through the network"): base.ratio(fast, "network", THROUGH_GOAL, 3),
    }


class Subject:
    """A model without training, and what it is to sample.

    Args:
        preset: size of its network.
    """

    def __init__(self, preset: str) -> None:
        self.preset = preset
        torch.manual_seed(0)
        self.model = BandDiffusion(_spec(preset)).eval().requires_grad_(False)
        self.parameters = sum(weight.numel() for weight in self.model.network.parameters())
        rng = np.random.default_rng(0)
        self.values = rng.uniform(0.05, 0.6, (BANDS, SIDE, SIDE)).astype(np.float32)
        self.mask: Bool[np.ndarray, "band y x"] = np.zeros(self.values.shape, dtype=bool)
        self.mask[::4] = True

    def label(self, run: str) -> str:
        """Return what a ratio is called."""
        return f"{self.preset} ({self.parameters / 1e6:.1f} M parameters), {run}"

    def ratio(self, sampling: Sampling, through: Through, goal: float, rounds: int) -> Ratio:
        """Return the time of guided sampling over that of the same without guidance."""
        guidance = replace(self.guidance(), through=through)
        guided = sampling._replace(guidance=guidance)
        return time_ratio(self._sampling(guided), self._sampling(sampling), goal, rounds)

    def _sampling(self, sampling: Sampling) -> Sampled:
        return lambda: sampled(self.model, self.values, self.mask, SIDE, sampling)

    def guidance(self) -> Guidance:
        """Return what physics asks."""
        bands = self.model.spec.bands
        ndvi = torch.full((SIDE, SIDE), 0.5)
        nm = torch.from_numpy(bands.wavelength).float()
        correlations = torch.exp(-(((nm[:, None] - nm) / 200) ** 2))
        return Guidance(
            [
                OperatorTarget("ndvi", bands, ndvi),
                OperatorTarget("band_correlation", bands, correlations),
                OperatorTarget("valid_range", bands),
            ]
        )


def _spec(preset: str) -> ModelSpec:
    return ModelSpec(
        network=PRESETS[preset],
        diffusion=DiffusionConfig(prediction="x0", base="linear"),
        normalisation=Normalisation(low=0.0, high=1.0),
        wavelength=tuple(np.linspace(*RANGE_NM, BANDS)),
        fwhm=(None,) * BANDS,
        good=(True,) * BANDS,
        quantity="reflectance",
        patch=SIDE,
        trained_on=(),
    )
