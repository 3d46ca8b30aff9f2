"""The bands that a spectrum was measured in, as the nodes between which it is interpolated."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int

from srf_library.wavelengths import in_nanometres, widths_in_nanometres

# A hole three spacings wide hides what a spectrum does in it (water bands that were removed).
LARGEST_GAP = 3.0
NEIGHBOURS = 4
# Two detectors that measure almost the same wavelength: a curve through both would swing.
SAME_PLACE = 0.1


@dataclass(frozen=True, eq=False)
class Grid:
    """Bands in order of wavelength, cut into runs without a gap.

    Attributes:
        nodes: their distinct centres [nm], strictly increasing.
        fwhm: their full widths at half maximum [nm]; NaN where not known.
        node_of: the node that each band, in the given order, belongs to.
        runs: first node of each run, and one past its last.
    """

    nodes: Float[np.ndarray, " node"]
    fwhm: Float[np.ndarray, " node"]
    node_of: Int[np.ndarray, " band"]
    runs: tuple[tuple[int, int], ...]

    @property
    def reach(self) -> tuple[tuple[float, float], ...]:
        """What each run has measured [nm]: between its outermost half maxima.

        Where their widths are not known it ends at their centres.
        """
        half = np.nan_to_num(self.fwhm, nan=0.0) / 2
        low, high = self.nodes - half, self.nodes + half
        return tuple((float(low[i]), float(high[j - 1])) for i, j in self.runs)

    @classmethod
    def of(
        cls,
        wavelengths: Sequence[float] | np.ndarray,
        fwhm: Sequence[float] | np.ndarray | None = None,
    ) -> "Grid":
        """Return the grid of bands with these centres, in any order.

        Bands within a tenth of the usual spacing of each other become one node, their mean.
        Where neighbours lie more than three spacings apart, and their widths do not meet, the
        grid has a gap: nothing is interpolated across it.

        Args:
            wavelengths: band centres [nm or µm, told by their size].
            fwhm: full widths at half maximum, in the same unit; NaN where not known.

        Raises:
            GridError: if these cannot be the bands of an image.
        """
        centres = in_nanometres(wavelengths)
        widths = widths_in_nanometres(fwhm, wavelengths)
        order = np.argsort(centres, kind="stable")
        first = _first_of_each_place(centres[order])
        place = np.cumsum(first) - 1
        node_of = np.empty(len(centres), dtype=np.int64)
        node_of[order] = place
        nodes = np.bincount(place, centres[order]) / np.bincount(place)
        node_widths = np.bincount(place, widths[order]) / np.bincount(place)
        return cls(nodes, node_widths, node_of, _runs(nodes, node_widths))

    def spread_over_bands(
        self, weights: Float[np.ndarray, "row node"]
    ) -> Float[np.ndarray, "row band"]:
        """Return weights of nodes as weights of the bands, of which a node is the mean."""
        return (weights / np.bincount(self.node_of))[:, self.node_of]


def _first_of_each_place(centres: Float[np.ndarray, " band"]) -> Bool[np.ndarray, " band"]:
    """Tell which of the sorted centres begin a new node."""
    spacing = np.diff(centres)
    apart = spacing[spacing > 0]
    nearest = SAME_PLACE * np.median(apart) if apart.size else 0.0
    first = np.ones(len(centres), dtype=bool)
    begin = 0
    for band in range(1, len(centres)):
        first[band] = centres[band] - centres[begin] > nearest
        if first[band]:
            begin = band
    return first


def _runs(
    nodes: Float[np.ndarray, " node"], widths: Float[np.ndarray, " node"]
) -> tuple[tuple[int, int], ...]:
    spacing = np.diff(nodes)
    usual = [_usual_spacing(spacing, gap) for gap in range(len(spacing))]
    touching = np.nan_to_num((widths[:-1] + widths[1:]) / 2, nan=0.0)
    gaps = np.flatnonzero(spacing > np.maximum(LARGEST_GAP * np.array(usual), touching))
    edges = [0, *(int(gap) + 1 for gap in gaps), len(nodes)]
    return tuple(pairwise(edges))


def _usual_spacing(spacing: Float[np.ndarray, " gap"], gap: int) -> float:
    """Return the median spacing on both sides of a gap; where it stands alone, its own."""
    before, after = spacing[max(gap - NEIGHBOURS, 0) : gap], spacing[gap + 1 : gap + 1 + NEIGHBOURS]
    about = np.concatenate([before, after])
    return float(np.median(about)) if about.size else float(spacing[gap])
