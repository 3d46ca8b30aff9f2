"""How wide a standard deviation has to be: learned from the errors on examples held out.

A prior's standard deviation is multiplied by a factor, so that 90 % of the errors of the network's
mean lie within 1.645 of them. There is a factor for each thing that a prior's mean is made from,
and for each class of distance to the nearest observed band.
"""

import math

import numpy as np
from jaxtyping import Float, Float32

from anyband_models.diffusion.any_bands import EDGES_NM, KINDS
from anyband_models.training.anyband.validation import Judged

HOLDS, WIDTH = 0.9, 1.645
# With fewer errors a cell has the factor of its kind.
FEWEST = 200


def factor(errors: Float32[np.ndarray, " entry"]) -> float:
    """Return by what a standard deviation of 1 is multiplied so that 1.645 of it hold 90 %.

    Args:
        errors: absolute, at least one. They are clipped at eight deviations, which is harmless
            unless a tenth of them is.

    Source: Vovk et al., *Algorithmic learning in a random world*, 2005; Angelopoulos & Bates,
    *Conformal prediction: a gentle introduction*, 2023, section 1: the rank is rounded up from
    0.9 (n + 1).
    """
    rank = min(math.ceil(HOLDS * (len(errors) + 1)), len(errors))
    return float(np.partition(errors, rank - 1)[rank - 1]) / WIDTH


def factors(found: list[Judged]) -> Float[np.ndarray, "kind class"]:
    """Return the factor of each kind and class of distance.

    A cell of few errors has that of its kind, a kind of few errors that of all; without any
    error the factor is 1.
    """
    table = np.ones((len(KINDS), len(EDGES_NM) + 1))
    if not found:
        return table
    table[:] = factor(np.concatenate([one.errors for one in found]))
    for row, kind in zip(table, KINDS, strict=True):
        of_kind = [one for one in found if one.kind == kind]
        errors = np.concatenate([one.errors for one in of_kind] or [np.zeros(0, np.float32)])
        if len(errors) < FEWEST:
            continue
        near = np.concatenate([one.near for one in of_kind])
        row[:] = factor(errors)
        for number in range(len(row)):
            here = errors[near == number]
            if len(here) >= FEWEST:
                row[number] = factor(here)
    return table


def coverage(found: list[Judged]) -> dict[str, float]:
    """Return which share of the errors lies within calibrated 90 % intervals, by family and kind.

    The factors for the one half of the examples are learned from the other.
    """
    halves = found[::2], found[1::2]
    inside: dict[str, list[np.ndarray]] = {}
    for learned, held_out in (halves, halves[::-1]):
        table = factors(learned)
        for one in held_out:
            within = one.errors <= WIDTH * table[KINDS.index(one.kind)][one.near]
            for name in ("all", one.cell):
                inside.setdefault(name, []).append(within)
    return {name: round(float(np.concatenate(inside[name]).mean()), 3) for name in sorted(inside)}
