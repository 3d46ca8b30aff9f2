"""Which entries of a scene are to be repaired, and why."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool


@dataclass(frozen=True)
class Finding:
    """One cause of damage.

    Attributes:
        cause: what was found, in words.
        bands: indices of the bands that it touches, in the file's order, from 0.
        entries: how many entries it touches.
    """

    cause: str
    bands: tuple[int, ...]
    entries: int


@dataclass(frozen=True, eq=False)
class Damage:
    """The entries that hold no trustworthy value, and what says so.

    Attributes:
        missing: True = not there, or not to be trusted.
        findings: the causes; an entry may have several.
    """

    missing: Bool[np.ndarray, "band y x"]
    findings: tuple[Finding, ...]

    @property
    def empty_bands(self) -> tuple[int, ...]:
        """Indices of the bands without a single good entry."""
        return tuple(np.flatnonzero(self.missing.all(axis=(1, 2))).tolist())

    @property
    def empty_pixels(self) -> Bool[np.ndarray, "y x"]:
        """The pixels without a single good entry: these stay no data."""
        return np.asarray(self.missing.all(axis=0))
