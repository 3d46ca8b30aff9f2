"""Operators found by name: the library's own, and those that other distributions offer.

Another distribution offers an operator through the entry-point group ``physops.operators``:
the name is the operator's, the object a function of `Bands` that returns an `Operator`.
Nothing is imported until its name is asked for.
"""

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from physops import resampling
from physops.bands import Bands
from physops.indices import normalized_difference
from physops.indices.normalized_difference import NormalizedDifference
from physops.operator import Operator, OperatorSpec
from srf_library import Sensor, UnknownNameError
from srf_library import get as get_sensor

GROUP = "physops.operators"
SPECS = {**normalized_difference.SPECS, resampling.SPEC.name: resampling.SPEC}


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
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    **parameters: Any,  # noqa: ANN401  (each operator's own)
) -> Operator:
    """Build an operator for the images of a sensor, or for images with these bands.

    Args:
        name: a name from `list_operators`.
        sensor: a sensor of `srf_library`, by any of its names, or one of your own; the image has
            that sensor's bands, in its order. For ``"srf"`` it is the sensor to resample to.
        bands: the image's bands.
        wavelengths: the image's band centres [nm or µm, told by their size], for a caller without
            `Bands`; together with a sensor, they win over the library's.
        parameters: the operator's own.

    Raises:
        UnknownNameError: if nobody offers the operator, or the sensor is not known.
        TypeError: if it cannot be told which bands the image has.
        MissingBandError: if the image lacks a band that the operator needs.

    >>> get("ndwi", sensor="S2A").spec.operands
    ('green', 'nir')
    >>> resample = get("srf", sensor="landsat8_oli", wavelengths=np.arange(400, 2501))
    >>> resample.target.wavelength.round()
    array([ 443.,  483.,  561.,  655.,  865., 1609., 2201.,  592., 1373.])
    """
    if name == resampling.SPEC.name:
        return resampling.srf(sensor=sensor, bands=bands, wavelengths=wavelengths, **parameters)
    image = _image_bands(name, sensor, bands, wavelengths)
    if name in SPECS:  # built-ins are never shadowed by a plugin
        return NormalizedDifference(SPECS[name], image, **parameters)
    offered = entry_points(group=GROUP)
    if name not in offered.names:
        raise UnknownNameError("an operator", name, list_operators())
    operator: Operator = offered[name].load()(image, **parameters)
    return operator


def _image_bands(
    name: str,
    sensor: Sensor | str | None,
    bands: Bands | None,
    wavelengths: Sequence[float] | np.ndarray | None,
) -> Bands:
    if (bands is None) == (sensor is None and wavelengths is None):
        raise TypeError(
            f"get({name!r}) needs the image's bands: either bands=, or sensor= or wavelengths= "
            "or both of these"
        )
    if bands is not None:
        return bands
    if sensor is None:
        assert wavelengths is not None  # one of the two was given
        return Bands.at(wavelengths)
    sensor = get_sensor(sensor) if isinstance(sensor, str) else sensor
    return Bands.of(sensor if wavelengths is None else sensor.at(wavelengths))
