"""Operators found by name: the library's own, and those that other distributions offer.

Another distribution offers an operator through the entry-point group ``physops.operators``:
the name is the operator's, the object a function of `Bands` that returns an `Operator`.
Nothing is imported until its name is asked for.
"""

from collections.abc import Sequence
from importlib.metadata import entry_points

import numpy as np

from physops.bands import Bands
from physops.indices.normalized_difference import SPECS, NormalizedDifference
from physops.operator import Operator, OperatorSpec
from srf_library import UnknownNameError
from srf_library import get as get_sensor

GROUP = "physops.operators"


def list_operators() -> list[str]:
    """Return the names of all operators, our own and those of plugins, sorted."""
    return sorted({*SPECS, *entry_points(group=GROUP).names})


def spec(name: str) -> OperatorSpec:
    """Return what is known of a built-in operator.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    if name not in SPECS:
        raise UnknownNameError("an operator", name, SPECS)
    return SPECS[name]


def get(
    name: str,
    *,
    sensor: str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
) -> Operator:
    """Build an operator for the images of a sensor, or for images with these bands.

    Args:
        name: a name from `list_operators`.
        sensor: id of a sensor of `srf_library`; the image has that sensor's bands, in its order.
        bands: the image's bands.
        wavelengths: the image's band centres [nm], for a caller without `Bands`.

    Raises:
        UnknownNameError: if nobody offers the operator, or the sensor is not known.
        TypeError: unless exactly one of sensor, bands and wavelengths is given.
        MissingBandError: if the image lacks a band that the operator needs.

    >>> get("ndwi", sensor="sentinel2a_msi").spec.operands
    ('green', 'nir')
    """
    if sum(given is not None for given in (sensor, bands, wavelengths)) != 1:
        raise TypeError(f"get({name!r}) needs exactly one of sensor=, bands= and wavelengths=")
    if sensor is not None:
        bands = Bands.of(get_sensor(sensor))
    if wavelengths is not None:
        bands = Bands.at(wavelengths)
    assert bands is not None  # one of the three was given
    if name in SPECS:  # built-ins are never shadowed by a plugin
        return NormalizedDifference(SPECS[name], bands)
    offered = entry_points(group=GROUP)
    if name not in offered.names:
        raise UnknownNameError("an operator", name, list_operators())
    operator: Operator = offered[name].load()(bands)
    return operator
