"""Which materials a scene is made of: a biome or two, a few strangers, several variants of each."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int

from anyband_models.training.data.grid import GRID
from anyband_models.training.data.materials import Materials

# How often each group is met in a kind of landscape.
BIOMES: dict[str, dict[str, float]] = {
    "fields": {"vegetation": 0.5, "soil": 0.35, "dry_vegetation": 0.15},
    "forest": {"vegetation": 0.8, "dry_vegetation": 0.1, "soil": 0.1},
    "desert": {"soil": 0.6, "mineral": 0.3, "dry_vegetation": 0.1},
    "town": {"urban": 0.6, "vegetation": 0.25, "soil": 0.15},
    "coast": {"water": 0.45, "vegetation": 0.25, "soil": 0.3},
    "mountains": {"snow": 0.35, "mineral": 0.25, "vegetation": 0.25, "soil": 0.15},
    "outcrop": {"mineral": 0.8, "soil": 0.2},
    "burnt": {"burn": 0.5, "vegetation": 0.3, "soil": 0.1, "dry_vegetation": 0.1},
}
_OFTEN = np.array([0.26, 0.14, 0.13, 0.19, 0.1, 0.05, 0.08, 0.05])
# How often a class is of any group at all.
_STRANGE = 0.08
# Out of how many of its group the variants of a class are the nearest.
_SHORTLIST = 40
# How often the classes of a scene are alike.
_ALIKE = 0.35


class Endmembers(NamedTuple):
    """The spectra that a scene is mixed of.

    Attributes:
        spectra: a row a variant [1].
        of: the class of each variant, from 0, in order.
        groups: of each class.
    """

    spectra: Float32[np.ndarray, "variant 421"]
    of: Int[np.ndarray, " variant"]
    groups: tuple[str, ...]


def choose(rng: np.random.Generator, materials: Materials) -> Endmembers:
    """Draw 3 to 12 classes, one to seven variants each.

    In some scenes all are alike, as seen from far above: drawn towards their mean.
    """
    groups = _groups(rng, materials, int(rng.integers(3, 13)))
    spread = rng.uniform(0.3, 2.0)
    parts = [_variants(rng, materials, group, spread) for group in groups]
    of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    spectra = np.concatenate(parts)
    if rng.random() < _ALIKE:
        apart = np.float32(rng.uniform(0.2, 1.0))
        spectra = spectra.mean(axis=0) + apart * (spectra - spectra.mean(axis=0))
    return Endmembers(spectra, of, tuple(groups))


def _groups(rng: np.random.Generator, materials: Materials, count: int) -> list[str]:
    """Draw the group of each class."""
    at_hand = [*materials.members]
    shares = dict.fromkeys(at_hand, _STRANGE / len(at_hand))
    names = [*BIOMES]
    for place in rng.choice(len(names), size=rng.integers(1, 3), replace=False, p=_OFTEN):
        for group, share in BIOMES[names[place]].items():
            if group in shares:
                shares[group] += share
    weights = np.array([*shares.values()])
    drawn = rng.choice(len(at_hand), size=count, p=weights / weights.sum())
    return [at_hand[place] for place in drawn]


def _variants(
    rng: np.random.Generator, materials: Materials, group: str, spread: float
) -> Float32[np.ndarray, "variant 421"]:
    """Return a spectrum and some that are like it, each a little changed."""
    members = materials.members[group]
    lot = members[rng.integers(len(members), size=_SHORTLIST)]
    lead = materials.spectra[lot[0]]
    # By shape: how bright a spectrum is changes most within a class anyway.
    shapes = materials.spectra[lot] / (materials.spectra[lot].mean(axis=1, keepdims=True) + 0.01)
    distance = np.abs(shapes - shapes[0]).mean(axis=1)
    count = int(rng.integers(1, 8))
    near = lot[np.argsort(distance, kind="stable")[:count]]
    # A class of distant variants is a step of its own: draw them half way to the lead.
    pull = rng.random((count, 1), dtype=np.float32)
    mixed = lead + pull * (materials.spectra[near] - lead)
    return _changed(rng, mixed, spread)


def _changed(
    rng: np.random.Generator, spectra: Float32[np.ndarray, "variant 421"], spread: float
) -> Float32[np.ndarray, "variant 421"]:
    """Make spectra wetter or drier (a power), brighter or darker, and tilt them smoothly."""
    shape = (len(spectra), 1)
    power = np.exp(rng.normal(0.0, 0.12 * spread, shape))
    gain = np.exp(rng.normal(0.0, 0.15 * spread, shape))
    along = (GRID - GRID[0]) / (GRID[-1] - GRID[0])
    orders = np.arange(1, 8)
    waves = np.cos(np.pi * orders[:, None] * along) / np.sqrt(orders)[:, None]
    tilt = np.exp(rng.normal(0.0, 0.045 * spread, (len(spectra), len(orders))) @ waves)
    changed = gain * tilt * np.maximum(spectra, 1e-4) ** power
    return np.minimum(changed, 1.1).astype(np.float32)
