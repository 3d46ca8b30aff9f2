"""A name that nobody knows, answered with the nearest ones that somebody does."""

from collections.abc import Iterable
from difflib import get_close_matches


class UnknownNameError(LookupError):
    """Raised when a sensor, operator, model or band is asked for by a name that is not known.

    Args:
        kind: what was asked for, with its article ("a sensor", "an operator").
        name: the name as it was given.
        offered: the names that are known.
    """

    def __init__(self, kind: str, name: str, offered: Iterable[str]) -> None:
        names = sorted(offered)
        folded = {known.casefold(): known for known in names}
        near = [folded[hit] for hit in get_close_matches(name.casefold(), folded, n=3)]
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"known: {', '.join(names)}"
        )
        super().__init__(f"{kind} called {name!r} is not known; {hint}")
        self.name, self.near = name, near
