"""A diffusion model of what a prior leaves to be said, for images of any bands.

What is denoised is ``u = (image - mean) / std`` with the prior's own mean and standard deviation,
and the noise is a draw of the prior in the same units. A network that says nothing is therefore the
prior: its one-step mean is the prior's mean, its samples are the prior's samples.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, UInt8
from pydantic import BaseModel
from torch import Tensor, nn

from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.consistency import Consistent
from anyband_models.diffusion.denoiser import Denoiser, NetworkDenoiser, one_step
from anyband_models.diffusion.noise import LogNormalSchedule
from anyband_models.diffusion.preconditioning import scaling
from anyband_models.diffusion.samplers import SAMPLERS
from anyband_models.networks.bandwise import BandwiseConfig, BandwiseNetwork, band_codes
from physops.bands import Bands

# Pixels around a tile that its own pixels depend on, in one step of the network.
REACH = 6
# Classes of the distance to the nearest observed band end here [nm].
EDGES_NM = (15.0, 50.0, 150.0, 500.0)
KINDS = ("complete", "parts", "prior")
"""What a prior's mean was made from: see `models.prior.Filled`."""


def classes_of(distance: Float32[np.ndarray, "band y x"]) -> UInt8[np.ndarray, "band y x"]:
    """Return the class of each entry's distance to the nearest observed band, from 0 on.

    Args:
        distance: as `damage.distance` has it [nm]; class n ends at ``EDGES_NM[n]``, inclusive.
    """
    return np.searchsorted(np.array(EDGES_NM, dtype=np.float32), distance).astype(np.uint8)


class AnyBandsSpec(BaseModel, frozen=True, extra="forbid"):
    """A model without its weights.

    Attributes:
        network: its shape.
        schedule: of the noise.
        trained_on: every datum, for people.
    """

    network: BandwiseConfig = BandwiseConfig()
    schedule: LogNormalSchedule = LogNormalSchedule()
    trained_on: tuple[str, ...] = ()


class Problem(NamedTuple):
    """An image in the units of its prior.

    Attributes:
        channels: what the network is shown.
        wanted: True = to be denoised.
    """

    channels: Float32[np.ndarray, "shown band y x"]
    wanted: Bool[np.ndarray, "band y x"]


class AnyBands(nn.Module):
    """Network, noise, and how far the mean is usually off.

    Args:
        spec: what it is.

    Attributes:
        network: what is learned.
        spread: by what the prior's standard deviations are multiplied, by what its mean was made
            from and by the distance to the nearest observed band.
    """

    spread: Tensor

    def __init__(self, spec: AnyBandsSpec) -> None:
        super().__init__()
        self.spec = spec
        self.network = BandwiseNetwork(spec.network)
        self.register_buffer("spread", torch.ones(len(KINDS), len(EDGES_NM) + 1))

    def mean(self, problem: Problem, bands: Bands, tile: int) -> Float32[np.ndarray, "band y x"]:
        """Return the one-step mean of u; 0 where nothing is wanted.

        Args:
            problem: the image.
            bands: its own.
            tile: rows and columns that are computed at a time; the result does not depend on it.
        """
        found = np.zeros(problem.wanted.shape, dtype=np.float32)
        for inner, outer, within in _tiles(found.shape[1:], tile, REACH):
            condition = _condition(problem, outer)
            with torch.inference_mode():
                said = one_step(self._denoiser(bands), condition, self.spec.schedule.most)
            found[:, inner[0], inner[1]] = said[0][:, within[0], within[1]].numpy()
        return np.where(problem.wanted, found, np.float32(0))

    def sample(
        self,
        problem: Problem,
        bands: Bands,
        noise: Float32[np.ndarray, "band y x"],
        steps: int,
        sampler: str,
        tile: int,
    ) -> Float32[np.ndarray, "band y x"]:
        """Return a sample of u.

        Args:
            problem: the image.
            bands: its own.
            noise: a draw of the prior, in its units.
            steps: of the sampler.
            sampler: a name of `SAMPLERS` that needs no further noise.
            tile: rows and columns that are computed at a time.

        Raises:
            UsageError: if the ladder cannot have so many steps.
        """
        ladder = self.spec.schedule.ladder(steps)
        calls = 2 * steps if sampler == "heun" else steps
        # A few steps end somewhat narrower or wider than they should, even where the network says
        # nothing: by as much the start is made wider or narrower.
        first = float(ladder[0]) / _silent(sampler, ladder)
        found = np.zeros(problem.wanted.shape, dtype=np.float32)
        for inner, outer, within in _tiles(found.shape[1:], tile, REACH * calls):
            condition = _condition(problem, outer)
            start = torch.from_numpy(noise[:, outer[0], outer[1]].copy())[None]
            start = torch.where(condition.observed, 0.0, first * start)
            denoiser: Denoiser = Consistent(self._denoiser(bands))
            with torch.inference_mode():
                drawn = SAMPLERS[sampler](denoiser, start, ladder, condition, _no_more)
            found[:, inner[0], inner[1]] = drawn[0][:, within[0], within[1]].numpy()
        return np.where(problem.wanted, found, np.float32(0))

    def _denoiser(self, bands: Bands) -> NetworkDenoiser:
        codes = band_codes(torch.tensor(bands.wavelength), torch.tensor(bands.fwhm))
        return NetworkDenoiser(_OfBands(self.network, codes), self.spec.schedule, "edm")


def _silent(sampler: str, ladder: Float[Tensor, " rung"]) -> float:
    """Return what a start of the ladder's first rung becomes if the network says nothing."""
    one = torch.ones(1, 1, 1, 1, dtype=torch.float64)
    seen = one.bool()
    condition = Condition(torch.zeros_like(one), ~seen, torch.zeros_like(one))

    def silent(x: Tensor, sigma: Tensor, condition: Condition) -> Tensor:
        return scaling("edm", sigma).skip * x

    return float(SAMPLERS[sampler](silent, ladder[0] * one, ladder, condition, _no_more))


class _OfBands(nn.Module):
    """A network that knows which bands it is shown."""

    def __init__(self, network: BandwiseNetwork, codes: Float[Tensor, "band code"]) -> None:
        super().__init__()
        self.network, self.codes = network, codes

    def forward(self, x: Tensor, time: Tensor, channels: Tensor) -> Tensor:
        return self.network(x, time, channels, self.codes)


def _no_more(step: int) -> Tensor:
    raise AssertionError("a sampler without noise of its own asked for some")


def _condition(problem: Problem, where: tuple[slice, slice]) -> Condition:
    wanted = torch.from_numpy(np.ascontiguousarray(problem.wanted[:, where[0], where[1]]))[None]
    channels = np.ascontiguousarray(problem.channels[:, :, where[0], where[1]])
    shown = torch.from_numpy(channels).flatten(0, 1)[None]
    return Condition(torch.zeros(wanted.shape), ~wanted, shown)


def _tiles(
    shape: tuple[int, ...], size: int, around: int
) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice], tuple[slice, slice]]]:
    """Yield tiles, what is computed for each, and where the tile lies in that."""
    rows, cols = shape
    for top in range(0, rows, size):
        for left in range(0, cols, size):
            bottom, right = min(top + size, rows), min(left + size, cols)
            first, start = max(top - around, 0), max(left - around, 0)
            outer = (
                slice(first, min(bottom + around, rows)),
                slice(start, min(right + around, cols)),
            )
            within = slice(top - first, bottom - first), slice(left - start, right - start)
            yield (slice(top, bottom), slice(left, right)), outer, within
