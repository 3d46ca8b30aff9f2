"""How an index changes when all reflectances are multiplied: what tells a ratio from the rest."""

import math
from collections.abc import Mapping
from functools import cache

import torch

from physops.spectral_indices.formula import parse
from physops.spectral_indices.operands import is_operand, reflects
from physops.spectral_indices.program import Program, Value

FACTOR = 4.0


def degree_of(formula: str, constants: Mapping[str, float]) -> int | None:
    """Return d if the index goes as ``s ** d`` with all reflectances; None if it does not.

    It is found by trying, on 500 random spectra.

    >>> degree_of("(N - R) / (N + R)", {}), degree_of("N - R", {}), degree_of("N * R + 1", {})
    (0, 1, None)
    """
    return _tried(formula, tuple(constants.items()))


@cache
def _tried(formula: str, constants: tuple[tuple[str, float], ...]) -> int | None:
    program = Program.of([parse(formula)])
    rng = torch.Generator().manual_seed(0)
    values: dict[str, Value] = dict(constants)
    for name in program.inputs:
        if is_operand(name):
            values[name] = 0.05 + torch.rand(500, generator=rng, dtype=torch.float64)
    scaled = {name: value * FACTOR if reflects(name) else value for name, value in values.items()}
    (one,), (other,) = program(values), program(scaled)
    ratio = torch.as_tensor(other) / torch.as_tensor(one)
    ratio = ratio[torch.isfinite(ratio)]
    if len(ratio) <= 100 or not ratio.abs().median() > 0:
        return None
    degree = round(math.log(float(ratio.abs().median())) / math.log(FACTOR))
    alike = torch.allclose(ratio, torch.full_like(ratio, FACTOR**degree), rtol=1e-5)
    return degree if alike else None
