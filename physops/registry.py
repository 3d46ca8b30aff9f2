"""Operators found by name: the library's own, the program's, and other distributions'."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from physops import built_in, discovery
from physops.bands import Bands, image_bands
from physops.built_in import KINDS
from physops.errors import (
    NoCardError,
    NotIndexError,
    NotOperatorError,
    ParameterError,
    UnknownOperatorError,
)
from physops.operator import Operator, OperatorSpec
from physops.registration import registered
from physops.spectral_indices import normalized_difference
from physops.spectral_indices.operands import missing_operands
from physops.spectral_indices.spectral_index import SpectralIndex
from srf_library import AmbiguousNameError, Sensor
from srf_library.names import folded


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
        name: a name from `list_operators`, in any spelling that only one of them has. What is a
            spelling of one of the library's own stands for nobody else's.
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
        ClashingPluginsError, PluginError: if it is another distribution's, and cannot be used.
        NotOperatorError: if a function that was registered returns something else.
        ParameterError: if the name is no text.

    >>> get("ndwi", sensor="S2A")
    SpectralIndex(NDWI = (G - N) / (G + N); G: 560 nm, N: 833 nm)
    >>> resample = get("srf", sensor="landsat8_oli", wavelengths=np.arange(400, 2501))
    >>> resample.target.wavelength.round()
    array([ 443.,  483.,  561.,  655.,  865., 1609., 2201.,  592., 1373.])
    """
    id_ = _resolved(name)
    if variant is not None:
        form = normalized_difference.variant(id_, variant)
        return form(image_bands(name, sensor, bands, wavelengths), **parameters)
    built = built_in.OPERATORS.get(id_)
    if built:
        return built.factory(sensor=sensor, bands=bands, wavelengths=wavelengths, **parameters)
    card = _card(id_)
    if card and sensor is None and bands is None and wavelengths is None:
        return SpectralIndex(card, **parameters)
    image = image_bands(name, sensor, bands, wavelengths)
    if card:
        return SpectralIndex(card, image, **parameters)
    own = registered().get(id_)
    if own and own.factory:
        operator = own.factory(image, **parameters)
        if not isinstance(operator, Operator):
            raise NotOperatorError(f"what was registered as {id_!r}", operator)
        return operator
    return discovery.build(id_, image, **parameters)


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
        ParameterError: if there is but one, and not in a list, or none.
        AmbiguousNameError, TypeError, MissingOperandError: as `get` does.

    >>> import torch
    >>> indices(["ndvi", "evi"], sensor="S2A")(torch.rand(13, 4, 5)).shape
    torch.Size([2, 4, 5])
    """
    if isinstance(names, str):
        raise ParameterError("names", names, f"a list of names: [{names!r}]")
    cards = [_index_card(name) for name in names]
    return SpectralIndex(cards, image_bands("indices", sensor, bands, wavelengths), **parameters)


def spec(name: str) -> OperatorSpec:
    """Return what is known of an operator before it is built, in any spelling of its name.

    Raises:
        UnknownNameError: if nobody offers an operator of that name.
        AmbiguousNameError: if the name is the spelling of several, and none of them exactly.
        NoCardError: if it is a plugin's, or a function that was registered: these have their card
            on what they build.
        ClashingPluginsError, PluginError: if it is another distribution's, and cannot be used.

    >>> spec("savi").formula, spec("savi").constants
    ('(1.0 + L) * (N - R) / (N + R + L)', {'L': 0.5})
    """
    id_ = _resolved(name)
    card = _card(id_)
    if card is None:
        raise NoCardError(id_)
    return card


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
        kind: ``"index"``, ``"resampling"``, ...
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
    cards = _cards()
    if domain is not None:
        _among("domain", domain, sorted({card.domain for card in cards.values()} - {""}))
    anything = all(given is None for given in (sensor, bands, wavelengths))
    image = None if anything else image_bands("list", sensor, bands, wavelengths)
    names = [
        name
        for name, card in cards.items()
        if kind in (None, card.kind)
        and domain in (None, card.domain)
        and (image is None or _computable(card, image))
    ]
    if anything and kind is None and domain is None:
        names += [*discovery.offered(), *registered()]
    return sorted(n for n in set(names) if fnmatchcase(n.casefold(), pattern.casefold()))


def search(text: str) -> list[str]:
    """Return the operators in whose card all words of a text occur.

    The card has the names, the domain, the formula with its constants, and the source, which for
    most indices is a DOI, not an author.

    >>> search("chlorophyll vegetation green")
    ['CIG']
    """
    words = [word for word in map(folded, text.split()) if word]
    if not words:
        return []
    found = []
    for name, card in _cards().items():
        texts = (name, card.title, card.domain, card.source, card.reason)
        fields = [*map(folded, (*texts, *card.operands, *card.constants))]
        if all(any(word in field for field in fields) for word in words):
            found.append(name)
    return sorted(found)


def _resolved(name: str) -> str:
    """Return the operator that a name stands for: as it is written, or spelt a little else."""
    if not isinstance(name, str):
        wanted = "a text, such as 'ndvi'; for several indices there is physops.indices(names)"
        raise ParameterError("name", name, wanted)
    if name in registered():
        return name
    meant = built_in.meant_by(name) or _meant_elsewhere(name)
    if len(meant) > 1:
        raise AmbiguousNameError(name, meant)
    if not meant:
        known = {*built_in.names(), *registered(), *discovery.offered()}
        raise UnknownOperatorError(name, known, search(str(name)), discovery.hints())
    return meant[0]


def _meant_elsewhere(name: str) -> tuple[str, ...]:
    known = {*registered(), *discovery.offered()}
    wanted = folded(str(name))
    return (name,) if name in known else tuple(id_ for id_ in known if folded(id_) == wanted)


def _cards() -> dict[str, OperatorSpec]:
    """Return what is known of each operator of which something is, before it is built."""
    own = {name: entry.spec for name, entry in registered().items()}
    others = {name: card for name, card in discovery.cards().items() if name not in own}
    cards = {name: built_in.card(name) for name in built_in.names()}
    return cards | others | {name: card for name, card in own.items() if card}


def _card(id_: str) -> OperatorSpec | None:
    """Return the card of an operator; None if it is a function, of a plugin or registered."""
    if id_ in built_in.names():
        return built_in.card(id_)
    return registered()[id_].spec if id_ in registered() else discovery.card(id_)


def _index_card(name: str) -> OperatorSpec:
    card = _card(_resolved(name))
    if card is None or card.kind != "index":
        raise NotIndexError(
            name, f"an operator of the kind {card.kind!r}" if card else "a function"
        )
    return card


def _computable(card: OperatorSpec, image: Bands) -> bool:
    return card.kind == "index" and not missing_operands(card.formula, image)


def _among(what: str, given: str | None, allowed: Sequence[str]) -> None:
    if given is not None and given not in allowed:
        raise ValueError(f"{what} is {given!r}; choose one of {', '.join(allowed)}")
