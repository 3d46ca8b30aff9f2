"""Which canopies are simulated: half fills the ranges, half is as likely as in nature.

The design is a sequence of blocks of 250 samples, each of which depends on the seed and its own
number alone, so that blocks can be made anywhere and in any order. Every other block is of the
*prior*. The others begin *wide*, even over the ranges; in every other of them the leaf area index
is even in ``exp(-LAI / 2)``, which is how reflectance saturates. They end where even samples
hardly ever are, and networks would guess: in the *hot spot*, seen from about where the sun is, and
at the *edges* of the ranges, half of them with every parameter at one of its ends.
"""

from typing import Literal, get_args

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.special import ndtr, ndtri

from emulator_training.parameters import NAMES, PARAMETERS

BLOCK = 250
Split = Literal["train", "validation", "test"]
Kind = Literal["wide", "prior", "hot_spot", "edge"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What is read off a spectrum: nobody sees canopies at the ends of all ranges.
LIKELY: tuple[Kind, ...] = ("wide", "prior", "hot_spot")
# How a block that is not of the prior begins and goes on; the rest is at the edges.
_WIDE, _HOT = 175, 50
Samples = Float[np.ndarray, "sample parameter"]
# Four blocks, two of the prior and one with either LAI, stay together; of ten such groups the last
# two are held out.
_GROUP, _FOLD = 4, 10
# So many samples are the fewest of which each split has some.
LEAST = BLOCK * _GROUP * _FOLD
_LARGEST_LAI = 15.0
# How far view and sun are apart in the hot spot, at most, in sizes of it.
_FARTHEST = 3.0

# Truncated Gaussians: lowest, highest, mean, standard deviation, and the bounds at LAI 15. The
# highest LAI, brown pigments and water are cut to what surrogates are trained on.
_GAUSSIANS = {
    "lai": (0.0, 8.0, 2.0, 3.0, 0.0, 8.0),
    "n": (1.2, 2.2, 1.5, 0.3, 1.3, 1.8),
    "cab": (20.0, 90.0, 45.0, 30.0, 45.0, 90.0),
    "car": (5.0, 23.0, 11.0, 5.0, 5.0, 23.0),
    "cbrown": (0.0, 1.0, 0.0, 0.3, 0.0, 0.2),
    "cw": (0.0075, 0.06, 0.025, 0.02, 0.017, 0.055),
    "cm": (0.003, 0.011, 0.005, 0.005, 0.003, 0.011),
    "ant": (0.0, 8.0, 0.0, 1.5, 0.0, 8.0),
    "ala": (30.0, 80.0, 60.0, 30.0, 55.0, 65.0),
    "hspot": (0.1, 0.5, 0.2, 0.5, 0.1, 0.5),
}
# What is even in the prior, too. The darker soils of the ATBD could be brightened more than
# those that come with `prosail`.
_EVEN = {
    "psoil": (0.0, 1.0),
    "rsoil": (0.3, 1.3),
    "tts": (0.0, 60.0),
    "tto": (0.0, 12.0),
    "psi": (0.0, 180.0),
}


def samples(count: int, seed: int, first: int = 0) -> Samples:
    """Return samples ``first`` to ``first + count`` of the design, a row of parameters each.

    Source: Weiss and Baret, S2ToolBox Level 2 products: LAI, FAPAR, FCOVER, version 1.1 (2016),
    for the prior; Sobol, USSR Computational Mathematics and Mathematical Physics 7 (1967) 86-112,
    scrambled as Owen has it, for the wide samples.

    >>> samples(300, seed=0)[250:].tolist() == samples(50, seed=0, first=250).tolist()
    True
    """
    blocks = range(first // BLOCK, -(-(first + count) // BLOCK))
    rows = [block_samples(number, seed) for number in blocks]
    if not rows:
        return np.empty((0, len(PARAMETERS)))
    start = first - BLOCK * blocks[0]
    return np.concatenate(rows)[start : start + count]


def block_samples(number: int, seed: int) -> Samples:
    """Return the samples of one block."""
    if number % 2:
        return _prior(number, seed)
    # Another stream than the prior's, whose blocks have odd numbers.
    rng = np.random.default_rng([seed, number])
    rest = BLOCK - _WIDE - _HOT
    return np.concatenate([_wide(number // 2, seed), _hot_spot(_HOT, rng), _edges(rest, rng)])


def kind_of(index: Int[np.ndarray, " sample"]) -> np.ndarray:
    """Return the kinds of samples by their number.

    >>> kinds, counts = np.unique(kind_of(np.arange(500)), return_counts=True)
    >>> dict(zip(kinds.tolist(), counts.tolist()))
    {'edge': 25, 'hot_spot': 50, 'prior': 250, 'wide': 175}
    """
    prior, place = index // BLOCK % 2 == 1, index % BLOCK
    chosen = [prior, place < _WIDE, place < _WIDE + _HOT]
    return np.select(chosen, ["prior", "wide", "hot_spot"], "edge")


def split_of(index: Int[np.ndarray, " sample"]) -> np.ndarray:
    """Return ``"train"``, ``"validation"`` or ``"test"`` of samples by their number.

    >>> np.unique(split_of(np.arange(100_000)), return_counts=True)[1].tolist()
    [10000, 80000, 10000]
    """
    part = index // BLOCK // _GROUP % _FOLD
    return np.select([part == _FOLD - 1, part == _FOLD - 2], ["test", "validation"], "train")


def angle_weights(rows: Samples, kind: Kind) -> Float[np.ndarray, " sample"]:
    """Return weights by which angles do not tell wide samples from those of the prior.

    The prior is seen from near the zenith. Who knows the angles of a canopy that is seen so would
    take it for one of the prior, unless the wide ones among them count as much more as they are
    fewer.

    >>> angle_weights(samples(2, seed=0), "prior").tolist()
    [1.0, 1.0]
    """
    if kind != "wide":
        return np.ones(len(rows))
    near, share = np.ones(len(rows), dtype=bool), 1.0
    for name in ("tts", "tto"):
        (low, high), place = _EVEN[name], NAMES.index(name)
        near &= (rows[:, place] >= low) & (rows[:, place] <= high)
        share *= (high - low) / (PARAMETERS[place].high - PARAMETERS[place].low)
    return np.where(near, 1 / share, 1.0)


def _ends() -> tuple[Float[np.ndarray, " parameter"], Float[np.ndarray, " parameter"]]:
    return np.array([p.low for p in PARAMETERS]), np.array([p.high for p in PARAMETERS])


def _wide(part: int, seed: int) -> Samples:
    low, high = _ends()
    engine = torch.quasirandom.SobolEngine(  # type: ignore[no-untyped-call]  # torch ships it so
        len(PARAMETERS), scramble=True, seed=seed
    )
    engine.fast_forward(part * _WIDE)  # type: ignore[no-untyped-call]
    unit = engine.draw(_WIDE, dtype=torch.float64).numpy()
    values = low + (high - low) * unit
    if part % 2:
        lai = NAMES.index("lai")
        ends = np.exp(-high[lai] / 2), np.exp(-low[lai] / 2)
        values[:, lai] = -2 * np.log(ends[0] + (ends[1] - ends[0]) * unit[:, lai])
    return np.clip(values, low, high)


def _hot_spot(count: int, rng: np.random.Generator) -> Samples:
    """Return canopies seen from near the sun, else even over the ranges.

    In the plane above the canopy where a direction lies at the tangent of its zenith, the sun is
    off the view by so many sizes of the hot spot, in any direction: more often by few, and by none
    in a tenth. A twentieth is seen from the zenith.
    """
    low, high = _ends()
    values = low + (high - low) * rng.random((count, len(NAMES)))
    size, tts, tto, psi = (NAMES.index(name) for name in ("hspot", "tts", "tto", "psi"))
    view, distance, angle = rng.random((3, count))
    values[:, tto] = high[tto] * np.maximum(view * 1.05 - 0.05, 0)
    off = values[:, size] * _FARTHEST * np.maximum((distance - 0.1) / 0.9, 0) ** 2
    along = np.tan(np.radians(values[:, tto])) + off * np.cos(np.pi * angle)
    across = off * np.sin(np.pi * angle)
    values[:, tts] = np.degrees(np.arctan(np.hypot(along, across)))
    values[:, psi] = np.degrees(np.arctan2(across, along))
    return np.clip(values, low, high)


def _edges(count: int, rng: np.random.Generator) -> Samples:
    low, high = _ends()
    unit = rng.random((count, len(NAMES)))
    share = np.minimum(2 * rng.random((count, 1)), 1)
    at_end = rng.random(unit.shape) < share
    return low + (high - low) * np.where(at_end, np.round(unit), unit)


def _prior(number: int, seed: int) -> Samples:
    unit = np.random.default_rng([seed, number]).random((BLOCK, len(NAMES)))
    drawn = dict(zip(NAMES, unit.T, strict=True))
    values = {name: low + (high - low) * drawn[name] for name, (low, high) in _EVEN.items()}
    for name, (low, high, mean, std, lower, upper) in _GAUSSIANS.items():
        ends = ndtr((np.array([low, high]) - mean) / std)
        value = mean + std * ndtri(ends[0] + (ends[1] - ends[0]) * drawn[name])
        if name != "lai":
            # Dense canopies differ less: the bounds move with the LAI, and the value with them.
            share = values["lai"] / _LARGEST_LAI
            bottom, top = low + (lower - low) * share, high + (upper - high) * share
            value = bottom + (value - low) * (top - bottom) / (high - low)
        values[name] = np.clip(value, low, high)
    return np.stack([values[name] for name in NAMES], axis=1)
