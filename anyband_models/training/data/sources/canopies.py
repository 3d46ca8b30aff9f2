"""Canopies that PROSAIL simulates, over wide ranges of its parameters."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import qmc

import physops
from anyband_models.training.data.grid import GRID, Gathered
from physops.bands import Bands

OPERATOR = "prosail_emulator"
"""Of `physops`; it stands in for PROSAIL-D and needs no package but its weights."""

# Name: least, greatest, and the power of an even number that spreads between them: above 1, more
# of the small. Ranges are those that the emulator was fitted to, the sun no lower than 65 degrees.
_RANGES = {
    "n": (1.0, 2.6, 1.0),
    "cab": (0.0, 95.0, 0.65),  # yellow leaves are few
    "car": (0.0, 25.0, 1.0),
    "cbrown": (0.0, 1.0, 3.0),
    "cw": (0.001, 0.06, 1.5),
    "cm": (0.001, 0.025, 1.5),
    "ant": (0.0, 8.0, 4.0),
    "lai": (0.0, 8.0, 1.3),
    "ala": (20.0, 80.0, 1.0),
    "hspot": (0.01, 0.5, 1.0),
    "psoil": (0.0, 1.0, 1.0),
    "rsoil": (0.2, 1.4, 1.0),
    "tts": (0.0, 65.0, 1.0),
    "tto": (0.0, 35.0, 2.0),
    "psi": (0.0, 180.0, 1.0),
}
# Leaves hold carotenoids beside chlorophyll: about so much of it [1], more or less.
_CAROTENOIDS = 0.22
# Fewer leaves than this [m²/m²] are a soil with some plants.
_BARE = 0.3


def gathered(count: int = 4096, seed: int = 0) -> list[Gathered]:
    """Return canopies, a function of the seed.

    Args:
        count: how many; a power of two fills the ranges evenly.
        seed: of the scrambled Sobol points.
    """
    values = _parameters(count, seed)
    operator = physops.get(OPERATOR, bands=Bands.at(GRID, 5.0))
    assert operator.names == tuple(_RANGES)  # what goes in, in this order
    with torch.no_grad():
        spectra = operator(torch.from_numpy(values), band_dim=-1).double().numpy()
    leaves = values[:, [*_RANGES].index("lai")]
    groups = tuple("vegetation" if lai >= _BARE else "soil" for lai in leaves)
    return [Gathered(spectra, groups, "prosail")]


def _parameters(count: int, seed: int) -> Float[np.ndarray, "canopy parameter"]:
    points = qmc.Sobol(len(_RANGES), seed=seed).random(count)
    least, greatest, power = np.array([*_RANGES.values()]).T
    values = least + (greatest - least) * points**power
    car, cab = (values[:, [*_RANGES].index(name)] for name in ("car", "cab"))
    # Half even over the range, half as leaves have it.
    bound = np.clip(_CAROTENOIDS * cab * (0.6 + 0.8 * points[:, 2]), 0.0, greatest[2])
    values[:, 2] = np.where(np.arange(count) % 2 == 0, bound, car)
    return values
