"""Every refusal of the library: what was asked, what is allowed, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class SrfError(Exception):
    """The root of this library's errors."""


def near_names(name: str, offered: Iterable[str]) -> list[str]:
    """Return up to three of the names that are offered and spelt much like one."""
    asked, folded = str(name).casefold(), {known.casefold(): known for known in sorted(offered)}
    near = get_close_matches(asked, folded, n=20)
    # Letters that changed places are the likeliest slip.
    near.sort(key=lambda hit: sorted(hit) != sorted(asked))
    return [folded[hit] for hit in near[:3]]


class UnknownNameError(SrfError, LookupError):
    """Raised when a sensor, operator, model or band is asked for by a name that is not known.

    Args:
        kind: what was asked for, with its article ("a sensor", "an operator").
        name: the name as it was given.
        offered: the names that are known.
    """

    def __init__(self, kind: str, name: str, offered: Iterable[str]) -> None:
        names = sorted(offered)
        near = near_names(name, names)
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"known: {', '.join(names)}"
        )
        super().__init__(f"{kind} called {name!r} is not known; {hint}")
        self.name, self.near = name, near


class AmbiguousNameError(SrfError, LookupError):
    """Raised when a name stands for more than one thing."""

    def __init__(self, name: str, meant: Iterable[str]) -> None:
        super().__init__(f"{name!r} may mean {' or '.join(sorted(meant))}; ask for one of them")


class NotShippedError(SrfError, LookupError):
    """Raised when a sensor, or a band of one, is known but its response is not in the library.

    Args:
        what: the sensor or band that was asked for.
        why: why it is not shipped.
        how: where its owner publishes it.
    """

    def __init__(self, what: str, why: str, how: str) -> None:
        super().__init__(
            f"{what} is known, but not shipped: {why}; {how}, and read that file "
            "(srf_library.read, or its name in place of the sensor's)"
        )


class TableError(SrfError, ValueError):
    """Raised when a response table cannot be read, or cannot be a response."""


class GridError(SrfError, ValueError):
    """Raised when wavelengths cannot be the bands of an image."""


class CoverageError(SrfError, ValueError):
    """Raised when the bands of an image do not reach where a sensor responds."""


class TableWarning(UserWarning):
    """Given when a table is read in a unit that it does not state."""


class CentreShiftWarning(UserWarning):
    """Given when a scene's own wavelengths lie far from those of the library."""
