"""A scene whose pixels stay in its file until some of them are asked for."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Shaped

from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import Scene

Read = Callable[[slice, slice], Shaped[np.ndarray, "band row col"]]
# What a scene of any size is judged by: so many windows of so many rows and columns.
SAMPLE_WINDOWS, SAMPLE_SIDE = 64, 64


@dataclass(frozen=True, eq=False)
class WindowedScene:
    """A scene without its pixels, and how to read some of them.

    Attributes:
        shape: numbers of bands, lines and columns.
        meta: how they are stored.
        wavelength: band centres [nm], in the file's order.
        fwhm: full widths at half maximum [nm]; NaN where not known.
        good: the file's bad-band list: True = usable.
        read: the stored numbers of some rows and columns.
    """

    shape: tuple[int, int, int]
    meta: SceneMeta
    wavelength: Float[np.ndarray, " band"]
    fwhm: Float[np.ndarray, " band"]
    good: Bool[np.ndarray, " band"]
    read: Read

    def part(self, rows: slice, cols: slice) -> Scene:
        """Read some rows and columns."""
        return self._scene(self.read(rows, cols))

    @cached_property
    def sample(self) -> Scene:
        """Windows from all over the scene, one below the other; all of it, if that is less."""
        where = spread(*self.shape[1:], SAMPLE_SIDE, SAMPLE_WINDOWS)
        return self._scene(np.concatenate([self.read(*window) for window in where], axis=1))

    def _scene(self, stored: Shaped[np.ndarray, "band y x"]) -> Scene:
        return Scene(stored, self.meta, self.wavelength, self.fwhm, self.good)


def spread(
    rows: int, cols: int, side: int, count: int, most: int | None = None
) -> list[tuple[slice, slice]]:
    """Return up to so many windows of one size, evenly spread; one of everything, if that is less.

    Args:
        rows: of the scene.
        cols: of the scene.
        side: rows and columns of a window.
        count: how many at most.
        most: pixels of the one window of everything; as many as all windows have, if left out.

    >>> spread(12, 3, 4, 2)
    [(slice(0, 4, None), slice(0, 3, None)), (slice(8, 12, None), slice(0, 3, None))]
    """
    if rows * cols <= (count * side**2 if most is None else most):
        return [(slice(0, rows), slice(0, cols))]
    high, wide = min(rows, side), min(cols, side)
    down = min(math.ceil(rows / high), max(1, round(math.sqrt(count * rows / cols))), count)
    across = min(math.ceil(cols / wide), max(1, count // down))
    tops, lefts = _starts(rows - high, down), _starts(cols - wide, across)
    return [(slice(y, y + high), slice(x, x + wide)) for y in tops for x in lefts]


def _starts(last: int, count: int) -> list[int]:
    """Return so many places from 0 to the last; one alone is in the middle."""
    if count == 1:
        return [last // 2]
    starts: list[int] = np.linspace(0, last, count).round().astype(int).tolist()
    return starts
