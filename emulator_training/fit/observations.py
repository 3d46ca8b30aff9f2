"""What sensors of all kinds see of simulated spectra, with the noise of measurements."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

import srf_library
from emulator_training.band_response import GRID, BandResponse, band_response, sensor_response
from emulator_training.score_posterior import ABSOLUTE_NOISE, RELATIVE_NOISE, ScorePosterior
from emulator_training.spectral_basis import SpectralBasis
from physops import Bands

SENSORS = ("sentinel2a_msi", "landsat8_oli", "terra_modis")


@dataclass(frozen=True)
class Observer:
    """One set of bands: what it makes of scores.

    Attributes:
        gain: bands to posterior means of the scores.
        offset: the bands of the mean spectrum.
        design: scores to bands.
        std: the posterior standard deviations, in parts of the prior's.
    """

    gain: Float[Tensor, "score band"]
    offset: Float[Tensor, " band"]
    design: Float[Tensor, "band score"]
    std: Float[Tensor, " score"]

    @classmethod
    def of(cls, basis: SpectralBasis, response: BandResponse) -> "Observer":
        """Return what sees a spectrum with this response."""
        posterior = ScorePosterior.of(basis, response)
        tables = (posterior.gain, posterior.offset, posterior.design, posterior.std)
        return cls(*(torch.from_numpy(table).float() for table in tables))

    def seen(self, scores: Float[Tensor, "sample score"]) -> Float[Tensor, "sample band"]:
        """Return the bands of scores, less those of the mean spectrum."""
        return scores @ self.design.T

    def __call__(
        self, scores: Float[Tensor, "sample score"], rng: torch.Generator
    ) -> Float[Tensor, "sample score"]:
        """Return the posterior means of scores, from noisy bands."""
        centred = self.seen(scores)
        noise = torch.randn(2, *centred.shape, generator=rng)
        spread = RELATIVE_NOISE * (centred + self.offset) * noise[0] + ABSOLUTE_NOISE * noise[1]
        return (centred + spread) @ self.gain.T


def observers(basis: SpectralBasis, seed: int, subsets: int = 40) -> list[Observer]:
    """Return observers of many kinds: multispectral sensors, spectrometers, and parts of both.

    Args:
        basis: of the spectra.
        seed: of the parts.
        subsets: how many parts of spectrometers and sensors, each.
    """
    rng = np.random.default_rng(seed)
    sensors = [sensor_response(srf_library.get(name)) for name in SENSORS]
    spectrometers = [band_response(bands).weights for bands in _spectrometers(rng)]
    whole = [*sensors, *spectrometers]
    parts = [_part(whole[int(number)], rng) for number in rng.integers(0, len(whole), subsets)]
    spread = [_scattered(rng) for _ in range(subsets)]
    # The finest tell most, and sensors of few bands are what most images are from.
    usual = [*whole * 3, *sensors * 9, *spectrometers[:1] * 30]
    tables = [*usual, *parts, *spread]
    return [Observer.of(basis, BandResponse(w, w.sum(axis=1) > 0)) for w in tables]


def drawn(
    pool: list[Observer], scores: Float[Tensor, "sample score"], rng: torch.Generator, groups: int
) -> tuple[Float[Tensor, "sample score"], Float[Tensor, "sample score"]]:
    """Return noisy posterior means and standard deviations of scores, by observers at random.

    Args:
        pool: the observers.
        scores: the true scores.
        rng: of observers and noise.
        groups: into how many groups the samples fall, with one observer each.
    """
    means, stds = [], []
    for group in scores.tensor_split(groups):
        observer = pool[int(torch.randint(len(pool), (), generator=rng))]
        means.append(observer(group, rng))
        stds.append(observer.std.expand_as(group))
    return torch.cat(means), torch.cat(stds)


def _spectrometers(rng: np.random.Generator) -> list[Bands]:
    irregular = np.sort(rng.uniform(405, 2495, 120))
    return [
        Bands.at(GRID),
        Bands.at(np.arange(405.0, 2496.0, 10.0), 10.0),
        Bands.at(np.linspace(430.0, 860.0, 103), 4.2),
        Bands.at(irregular, 12.0),
    ]


def _part(
    weights: Float[np.ndarray, "band wavelength"], rng: np.random.Generator
) -> Float[np.ndarray, "part wavelength"]:
    """Return some bands: at random, or all on one side of a wavelength."""
    usable = np.flatnonzero(weights.any(axis=1))
    if rng.random() < 0.5:
        kept = rng.random(len(usable)) < rng.uniform(0.3, 1.0)
    else:
        centres = weights[usable] @ GRID
        edge = rng.uniform(600, 2300)
        kept = centres < edge if rng.random() < 0.7 else centres > min(edge, 900.0)
    kept[rng.integers(len(usable))] = True
    return weights[usable[kept]]


def _scattered(rng: np.random.Generator) -> Float[np.ndarray, "band wavelength"]:
    count = int(np.exp(rng.uniform(np.log(4), np.log(60))))
    centres = rng.uniform(405, 2495, count)
    return band_response(Bands.at(centres, float(rng.uniform(2, 60)))).weights
