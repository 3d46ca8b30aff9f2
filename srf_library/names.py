"""Names as people write them: "S2A", "Sentinel-2A MSI" and "sentinel2a_msi" are one."""

from collections.abc import Mapping

from srf_library.errors import AmbiguousNameError, UnknownNameError, near_names


def folded(name: str) -> str:
    """Return a name without case, spaces and signs.

    >>> folded("Landsat-7 ETM+")
    'landsat7etm'
    """
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def resolve(name: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """Return the id that a name stands for.

    Args:
        name: an id, or any of an id's names, in any spelling.
        known: the names of each id.

    Raises:
        UnknownNameError: if it stands for none.
        AmbiguousNameError: if it stands for several.
    """
    id_ = match(name, known)
    if id_ is None:
        spelt = {*known, *(other for names in known.values() for other in names)}
        raise UnknownNameError("a sensor", name, spelt if near_names(name, spelt) else known)
    return id_


def match(name: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the id that a name stands for; None if it stands for none.

    Args:
        name: an id, or any of an id's names, in any spelling.
        known: the names of each id.

    Raises:
        AmbiguousNameError: if it stands for several, and is none of their ids.
    """
    if name in known:
        return name
    wanted = folded(str(name))
    meant = [id_ for id_, names in known.items() if wanted in map(folded, (id_, *names))]
    if len(meant) > 1:
        raise AmbiguousNameError(name, meant)
    return meant[0] if meant else None
