"""Operators found by name: the library's own, the program's, and other distributions'."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import numpy as np

from physops import plugins, resampling
from physops.bands import Bands
from physops.errors import UnknownOperatorError
from physops.operator import Operator, OperatorSpec
from physops.registration import registered
from physops.spectral_indices import normalized_difference
from physops.spectral_indices.catalogue import catalogue, index_spec
from physops.spectral_indices.spectral_index import SpectralIndex, missing_operands
from srf_library import Sensor, UnknownNameError
from srf_library import get as get_sensor
from srf_library.names import folded, match

KINDS = ("index", "resampling")


def get(
    name: str,
    *,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    variant: str | None = None,
    **parameters: Any,  # noqa: ANN401  (each operator's own)
) -> Operator:
    """Build an operator for the images of a sensor, or for images with these bands.

    An index can be built without bands, to be evaluated on named operands alone.

    Args:
        name: a name from `list_operators`, in any spelling that only one of them has. The
            library's own are never shadowed by a plugin's.
        sensor: a sensor of `srf_library`, by any of its names, or one of your own; the image has
            that sensor's bands, in its order. For ``"srf"`` it is the sensor to resample to.
        bands: the image's bands.
        wavelengths: the image's band centres [nm or µm, told by their size], for a caller without
            `Bands`; together with a sensor, they win over the library's.
        variant: ``"anyband"`` for the paper's form of NDVI and NDWI (Eq. 10).
        parameters: the operator's own.

    Raises:
        UnknownNameError: if nobody offers the operator, or the sensor is not known.
        AmbiguousNameError: if the name is the spelling of several, and none of them exactly.
        VariantError: if the operator has no such variant.
        TypeError: if it cannot be told which bands the image has.
        MissingOperandError, MissingBandError: if the image lacks a band that the operator needs.
        ClashingPluginsError, PluginError: if it is another distribution's, and cannot be had.

    >>> get("ndwi", sensor="S2A")
    SpectralIndex(NDWI = (G - N) / (G + N); G: 560 nm, N: 833 nm)
    >>> resample = get("srf", sensor="landsat8_oli", wavelengths=np.arange(400, 2501))
    >>> resample.target.wavelength.round()
    array([ 443.,  483.,  561.,  655.,  865., 1609., 2201.,  592., 1373.])
    """
    id_ = _resolved(name)
    if variant is not None:
        form = normalized_difference.variant(id_, variant)
        return form(_image_bands(name, sensor, bands, wavelengths), **parameters)
    if id_ == resampling.SPEC.name:
        return resampling.srf(sensor=sensor, bands=bands, wavelengths=wavelengths, **parameters)
    card = _card(id_)
    if card and sensor is None and bands is None and wavelengths is None:
        return SpectralIndex(card, **parameters)
    image = _image_bands(name, sensor, bands, wavelengths)
    if card:
        return SpectralIndex(card, image, **parameters)
    own = registered().get(id_)
    factory = own.factory if own and own.factory else plugins.load(id_)
    return factory(image, **parameters)


def indices(
    names: Sequence[str],
    *,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
    **parameters: Any,  # noqa: ANN401  (as those of one index)
) -> SpectralIndex:
    """Build one operator for many indices, of which what they share is computed once.

    Its output has the indices where the image has its bands.

    Args:
        names: names of indices, in any spelling.
        sensor: as in `get`.
        bands: as in `get`.
        wavelengths: as in `get`.
        parameters: as those of one index; a constant goes to every index that has it.

    Raises:
        UnknownNameError: if one is not known, or no index.
        AmbiguousNameError, TypeError, MissingOperandError: as `get` does.

    >>> import torch
    >>> indices(["ndvi", "evi"], sensor="S2A")(torch.rand(13, 4, 5)).shape
    torch.Size([2, 4, 5])
    """
    cards = [_index_card(name) for name in names]
    return SpectralIndex(cards, _image_bands("indices", sensor, bands, wavelengths), **parameters)


def spec(name: str) -> OperatorSpec:
    """Return what is known of an operator before it is built, in any spelling of its name.

    Raises:
        UnknownNameError: if there is none of that name among the library's and the formulas that
            were registered; a plugin, or a function, has its card on its operator.
        AmbiguousNameError: if the name is the spelling of several, and none of them exactly.

    >>> spec("savi").formula, spec("savi").constants
    ('(1.0 + L) * (N - R) / (N + R + L)', {'L': 0.5})
    """
    id_ = match(name, dict.fromkeys(_with_cards(), ()))
    if id_ is None:
        raise UnknownOperatorError(name, _with_cards(), search(str(name)))
    return _card(id_) or resampling.SPEC


def list_operators(
    pattern: str = "*",
    *,
    kind: str | None = None,
    domain: str | None = None,
    sensor: Sensor | str | None = None,
    bands: Bands | None = None,
    wavelengths: Sequence[float] | np.ndarray | None = None,
) -> list[str]:
    """Return the names of operators, sorted.

    Plugins are not imported, nor registered functions called, so that nothing is known of them but
    their names: they are listed if nothing but a pattern is asked for.

    Args:
        pattern: what a name must match, ``*`` standing for anything, whatever the case.
        kind: ``"index"`` or ``"resampling"``.
        domain: what an index is for: ``"vegetation"``, ``"water"``, ...
        sensor: only the indices that can be computed from its bands.
        bands: only those that can be computed from these.
        wavelengths: only those that can be computed from bands there, as in `get`.

    Raises:
        ValueError: if there is no such kind or domain.

    >>> list_operators("ndsi*", domain="snow")
    ['NDSI', 'NDSII', 'NDSIITM', 'NDSInw']
    >>> len(list_operators(kind="index")), len(list_operators(sensor="landsat8_oli"))
    (328, 204)
    """
    _among("kind", kind, KINDS)
    _among("domain", domain, sorted({spec(name).domain for name in _with_cards()} - {""}))
    anything = all(given is None for given in (sensor, bands, wavelengths))
    image = None if anything else _image_bands("list", sensor, bands, wavelengths)
    names = [
        name
        for name in _with_cards()
        if kind in (None, spec(name).kind)
        and domain in (None, spec(name).domain)
        and (image is None or _computable(name, image))
    ]
    if anything and kind is None and domain is None:
        names += [*plugins.plugin_names(), *registered()]
    return sorted(n for n in set(names) if fnmatchcase(n.casefold(), pattern.casefold()))


def search(text: str) -> list[str]:
    """Return the operators of the library in whose card all words of a text occur.

    The card has the names, the domain, the formula with its constants, and the source, which for
    most indices is a DOI, not an author.

    >>> search("chlorophyll vegetation green")
    ['CIG']
    """
    words = [word for word in map(folded, text.split()) if word]
    if not words:
        return []
    found = []
    for name in _with_cards():
        card = spec(name)
        texts = (name, card.title, card.domain, card.source, card.reason)
        fields = [*map(folded, (*texts, *card.operands, *card.constants))]
        if all(any(word in field for field in fields) for word in words):
            found.append(name)
    return sorted(found)


@cache
def _built_in() -> frozenset[str]:
    return frozenset({*catalogue(), resampling.SPEC.name})


def _resolved(name: str) -> str:
    """Return the operator that a name stands for: as it is written, or spelt a little else."""
    if name in _built_in() or name in registered():
        return name
    known = {*_built_in(), *registered(), *plugins.plugin_names()}
    id_ = match(name, dict.fromkeys(known, ()))
    if id_ is None:
        raise UnknownOperatorError(name, known, search(str(name)))
    return id_


def _with_cards() -> set[str]:
    return {*_built_in(), *(name for name, own in registered().items() if own.spec)}


def _card(name: str) -> OperatorSpec | None:
    """Return the card of an index; None if the name stands for another kind of operator."""
    if name in catalogue():
        return index_spec(name)
    return registered()[name].spec if name in registered() else None


def _index_card(name: str) -> OperatorSpec:
    card = _card(_resolved(name))
    if card is None:
        raise UnknownNameError("an index", name, list_operators(kind="index"))
    return card


def _computable(name: str, image: Bands) -> bool:
    card = _card(name)
    return card is not None and not missing_operands(card, image)


def _among(what: str, given: str | None, allowed: Sequence[str]) -> None:
    if given is not None and given not in allowed:
        raise ValueError(f"{what} is {given!r}; choose one of {', '.join(allowed)}")


def _image_bands(
    name: str,
    sensor: Sensor | str | None,
    bands: Bands | None,
    wavelengths: Sequence[float] | np.ndarray | None,
) -> Bands:
    if (bands is None) == (sensor is None and wavelengths is None):
        raise TypeError(
            f"{name!r} needs the image's bands: either bands=, or sensor= or wavelengths= "
            "or both of these"
        )
    if bands is not None:
        return bands
    if sensor is None:
        assert wavelengths is not None  # one of the two was given
        return Bands.at(wavelengths)
    sensor = get_sensor(sensor) if isinstance(sensor, str) else sensor
    return Bands.of(sensor if wavelengths is None else sensor.at(wavelengths))
