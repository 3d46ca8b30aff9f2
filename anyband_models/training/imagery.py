"""What is learned from: the sound values of a scene, held in memory or read window by window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float32

from anyband_models.damage.detect import detect
from anyband_models.scene.scene import Scene
from anyband_models.scene.windows import WindowedScene, spread

Cube = Float32[np.ndarray, "band _ _"]
Some = TypeVar("Some")
Region = Literal["all", "left"]


@runtime_checkable
class Imagery(Protocol):
    """A scene's values, some at a time."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of bands, rows and columns."""
        ...

    def values(self, rows: slice, cols: slice) -> Cube:
        """Return the values of some rows and columns; NaN where there is no sound one."""
        ...


class InMemory:
    """A scene that is there as a whole."""

    def __init__(self, scene: Scene) -> None:
        self._values = np.where(detect(scene).missing, np.float32(np.nan), scene.values)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of bands, rows and columns."""
        bands, rows, cols = self._values.shape
        return bands, rows, cols

    def values(self, rows: slice, cols: slice) -> Cube:
        """Return the values of some rows and columns; NaN where there is no sound one."""
        return self._values[:, rows, cols]


class InFile:
    """A scene that stays in its file. A band that is empty in a sample of it is taken for empty."""

    def __init__(self, scene: WindowedScene) -> None:
        self.shape = scene.shape
        self._scene = scene
        self._empty = np.flatnonzero(detect(scene.sample).missing.all(axis=(1, 2))).tolist()

    def values(self, rows: slice, cols: slice) -> Cube:
        """Return the values of some rows and columns; NaN where there is no sound one."""
        part = self._scene.part(rows, cols)
        missing = detect(part, self._empty, window=True).missing
        return np.where(missing, np.float32(np.nan), part.values)


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of the columns that may be learned from.

    Attributes:
        imagery: of which it is a part.
        rows: which.
        cols: which.
    """

    imagery: Imagery
    rows: range
    cols: range

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of bands, rows and columns."""
        return self.imagery.shape[0], len(self.rows), len(self.cols)

    def values(self, rows: slice, cols: slice) -> Cube:
        """Return the values of some of its rows and columns."""
        return self.imagery.values(_within(self.rows, rows), _within(self.cols, cols))

    @property
    def in_memory(self) -> bool:
        """Whether all of it can be looked at without reading a file."""
        return isinstance(self.imagery, InMemory)

    def ends(self) -> tuple[float, float]:
        """Return the least and the greatest value; NaN if there is none."""
        return ends_of(self.values(slice(None), slice(None)))

    def windows(self, side: int, count: int, most: int | None = None) -> list[Cube]:
        """Return up to so many windows from all over it; see `spread`."""
        if not self.rows or not self.cols:
            return []
        return [self.values(*window) for window in spread(*self.shape[1:], side, count, most)]


def ends_of(values: Cube) -> tuple[float, float]:
    """Return the least and the greatest value; NaN if there is none."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (np.nan, np.nan)


def imagery_of(scene: Scene | WindowedScene) -> Imagery:
    """Return the sound values of a scene."""
    return InMemory(scene) if isinstance(scene, Scene) else InFile(scene)


def split(imagery: Imagery, region: Region, held_out: float) -> tuple[Part, Part]:
    """Return what is learned from, and the rows below it that are not, within a region.

    Args:
        imagery: of the scene.
        region: which of its columns may be learned from.
        held_out: share of the rows.
    """
    _, rows, cols = imagery.shape
    width = range(cols // 2 if region == "left" else cols)
    below = rows - min(round(held_out * rows), rows - 1)
    return Part(imagery, range(below), width), Part(imagery, range(below, rows), width)


def windows_of_all(
    parts: Sequence[Part], side: int, count: int, most: int | None = None
) -> list[list[Cube]]:
    """Return windows of up to so many of the parts, evenly chosen, and about as many in all."""
    some = evenly(parts, count)
    return [part.windows(side, max(1, count // len(some)), most) for part in some]


def evenly(things: Sequence[Some], count: int) -> list[Some]:
    """Return up to so many of some things, evenly chosen."""
    if len(things) <= count:
        return list(things)
    return [things[number] for number in np.linspace(0, len(things) - 1, count).round().astype(int)]


def _within(outer: range, inner: slice) -> slice:
    chosen = outer[inner]
    return slice(chosen.start, chosen.stop)
