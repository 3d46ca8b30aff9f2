"""Where the values of an index lie."""

import math
from collections.abc import Mapping

import torch

from physops.errors import DensityError, IndexRangeError, ParameterError
from physops.spectral_indices.spectral_index import SpectralIndex
from srf_library import UnknownNameError
from srf_library.names import match

USUAL = (-1.0, 1.0)
# How many random surfaces an index is tried on, and how little of a range is no matter.
TRIALS, SLACK = 2048, 1e-6
DARKEST, BRIGHTEST = 0.01, 0.99


def index_ranges(
    indices: SpectralIndex, given: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Return the range of each index: the one that is given, or -1 to 1 if it stays in there.

    Whether it does is tried on random reflectances.

    Args:
        indices: the indices, built for the bands of an image.
        given: ranges by the names of indices, in any spelling.

    Raises:
        IndexRangeError: if an index leaves -1 to 1, and no range is given.
        UnknownNameError: if a range is given for an index that is not among them.
        DensityError: if a range is empty, or is none.
        ParameterError: if an index is there twice.

    >>> import physops
    >>> index_ranges(physops.indices(["ndvi", "evi"], sensor="S2A"), {"evi": (-1, 2)})
    {'NDVI': (-1.0, 1.0), 'EVI': (-1.0, 2.0)}
    """
    known = {spec.name: () for spec in indices.specs}
    named: dict[str, tuple[float, float]] = {}
    if len(known) < len(indices.specs):
        twice = [spec.name for spec in indices.specs]
        raise ParameterError("names", twice, "each index once")
    for name, ends in given.items():
        found = match(name, known)
        if found is None:
            raise UnknownNameError("an index of this loss", name, known)
        named[found] = _checked(found, ends)
    for name in _leaving(indices):
        if name not in named:
            raise IndexRangeError(name)
    return {name: named.get(name, USUAL) for name in known}


def _checked(name: str, ends: object) -> tuple[float, float]:
    match ends:
        case (int() | float() as low, int() | float() as high):
            if not -math.inf < low < high < math.inf:
                raise DensityError(
                    f"the range of {name} is {low:g} to {high:g}; give low < high, both finite"
                )
            return float(low), float(high)
    raise DensityError(f"the range of {name} is {ends!r}; give two numbers, (low, high)")


def _leaving(indices: SpectralIndex) -> list[str]:
    """Return the indices that are not always in the usual range."""
    assert indices.bands is not None  # they were built for an image
    generator = torch.Generator().manual_seed(0)
    drawn = torch.rand(len(indices.bands), TRIALS, generator=generator, dtype=torch.float64)
    reflectance = DARKEST + (BRIGHTEST - DARKEST) * drawn
    values = indices((reflectance - indices.reading.offset) / indices.reading.scale, band_dim=0)
    leaving = (values.abs() > USUAL[1] + SLACK).any(dim=-1)
    return [spec.name for spec, leaves in zip(indices.specs, leaving, strict=True) if leaves]
