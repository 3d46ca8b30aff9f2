"""How the spectral prior that ships was made: a mixture fitted to pixels of simulated scenes.

    python -m anyband_models.training.spectral_prior FOLDER

FOLDER (else $ANYBAND_DATA) holds `libraries/`; see `data.materials`. Writes
`weights/spectral-prior.safetensors`. Run by hand.
"""

import sys
from pathlib import Path

import numpy as np
from jaxtyping import Float

from anyband_models.distributions.expectation_maximisation import fit_components
from anyband_models.distributions.spectral_prior import SHIPPED, SpectralPrior
from anyband_models.training.data.grid import GRID
from anyband_models.training.data.materials import Materials, load, sources
from anyband_models.training.data.scenes import simulated
from anyband_models.training.data.sensors import BandSet
from physops.bands import Bands

SCENES, SIDE, PIXELS = 2500, 12, 10
MIXTURES = 25_000
RANK, COMPONENTS, STEPS = 36, 32, 60
SEED = 1_000  # apart from those of scenes that networks train on
# How often each group has a part in a mixture that is not of one scene.
OFTEN = {
    "vegetation": 0.36, "soil": 0.24, "urban": 0.17, "dry_vegetation": 0.1, "mineral": 0.06,
    "artificial": 0.03, "water": 0.03, "burn": 0.03, "snow": 0.02,
}  # fmt: skip


def ground(
    materials: Materials, scenes: int = SCENES, seed: int = SEED
) -> Float[np.ndarray, "pixel 421"]:
    """Return pixels of simulated scenes, without noise and errors, on the whole grid.

    Args:
        materials: what scenes are made of.
        scenes: how many; 10 pixels each.
        seed: of the scenes.
    """
    step = float(GRID[1] - GRID[0])
    bands = BandSet("grid", Bands.at(GRID, step), np.eye(len(GRID), dtype=np.float32))
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(scenes):
        clean = simulated(materials, bands, SIDE, SIDE, seed, number).clean
        chosen = rng.choice(SIDE * SIDE, size=PIXELS, replace=False)
        parts.append(clean.reshape(len(GRID), -1)[:, chosen].T)
    return np.concatenate(parts).astype(np.float64)


def mixtures(
    materials: Materials, count: int = MIXTURES, seed: int = SEED
) -> Float[np.ndarray, "pixel 421"]:
    """Return mixtures of one to three materials each, whatever they are, in any light."""
    rng = np.random.default_rng(seed)
    groups = [group for group in OFTEN if group in materials.members]
    chances = np.array([OFTEN[group] for group in groups])
    shares = rng.dirichlet(np.ones(3), size=count)
    shares[np.arange(3) >= rng.choice([1, 2, 3], size=(count, 1), p=[0.4, 0.4, 0.2])] = 0
    shares /= shares.sum(axis=1, keepdims=True)
    mixed = np.zeros((count, len(GRID)))
    for share in shares.T:
        drawn = rng.choice(len(groups), size=count, p=chances / chances.sum())
        for number, group in enumerate(groups):
            here = np.flatnonzero(drawn == number)
            members = rng.choice(materials.members[group], size=len(here))
            mixed[here] += share[here, np.newaxis] * materials.spectra[members]
    light = np.minimum(np.exp(rng.normal(-0.25, 0.45, size=(count, 1))), 1.6)
    return light * mixed


def fit(
    pixels: Float[np.ndarray, "pixel 421"],
    made_of: tuple[str, ...],
    rank: int = RANK,
    components: int = COMPONENTS,
) -> SpectralPrior:
    """Return the prior of some spectra on the grid.

    Args:
        pixels: reflectance [1].
        made_of: a sentence for each source.
        rank: number of scores.
        components: of the mixture.
    """
    mean = pixels.mean(axis=0)
    covariance = np.cov(pixels.T)
    values, vectors = np.linalg.eigh(covariance)
    loadings = vectors[:, ::-1][:, :rank] * np.sqrt(values[::-1][:rank])
    scores = (pixels - mean) @ (vectors[:, ::-1][:, :rank] / np.sqrt(values[::-1][:rank]))
    rest = np.maximum(np.diag(covariance - loadings @ loadings.T), 1e-9)
    mixture = fit_components(scores, components, seed=0, most=len(scores), steps=STEPS)
    return SpectralPrior(GRID, mean, loadings, rest, mixture, made_of)


def main(folder: Path | None = None, cache: Path | None = None) -> None:
    """Fit the prior and put it where it ships from."""
    made_of = tuple(f"{each['title']}: {each['licence']}" for each in sources().values())
    materials = load(folder, cache)
    pixels = np.concatenate([ground(materials), mixtures(materials)])
    fit(pixels, made_of).write(SHIPPED)


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:3]))
