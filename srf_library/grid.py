"""The bands that a spectrum was measured in, as the nodes between which it is interpolated."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int

from srf_library.wavelengths import in_nanometres, widths_in_nanometres

# A hole of three spacings, or three widths, hides what a spectrum does in it: water bands that were
# removed, or what lies between the bands of a multispectral camera.
LARGEST_GAP = 3.0
# So does one of which so much lies outside the half maxima of the bands beside it [nm].
LARGEST_HOLE = 25.0
# Where widths are not known: no spectrometer's bands lie farther apart than this share of their
# wavelength.
LARGEST_SPACING = 0.1
NEIGHBOURS = 4
# Two detectors that measure almost the same light do not quite agree, and a curve through both
# would swing. They show as bands that lie closer than is usual about them: less than SQUEEZED of
# that spacing, and within SAME_LIGHT of a width, or, where widths are not known, within 2 nm and
# SQUEEZED_BLINDLY of that spacing. Within 0.2 nm bands are one in any case.
SAME_PLACE, SAME_PLACE_BLINDLY = 0.2, 2.0
SAME_LIGHT, SQUEEZED, SQUEEZED_BLINDLY = 0.4, 0.7, 0.15


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
        low, high = (self.nodes - half).tolist(), (self.nodes + half).tolist()
        return tuple((low[i], high[j - 1]) for i, j in self.runs)

    @classmethod
    def of(
        cls,
        wavelengths: Sequence[float] | np.ndarray,
        fwhm: float | Sequence[float] | np.ndarray | None = None,
    ) -> "Grid":
        """Return the grid of bands with these centres, in any order.

        Bands of two detectors that see almost the same light become one node, their mean. Where
        neighbours lie more than three spacings, or three widths, apart, and do not meet, the
        grid has a gap, across which nothing is interpolated; also where 25 nm lie between their
        half maxima, or, without widths, where they are a tenth of their wavelength apart.

        Args:
            wavelengths: band centres [nm or µm, told by their size].
            fwhm: full widths at half maximum, one a band or one for all; NaN where not known.

        Raises:
            GridError: if these cannot be the bands of an image.
        """
        centres = in_nanometres(wavelengths)
        widths = widths_in_nanometres(fwhm, wavelengths)
        order = np.argsort(centres, kind="stable")
        node_of = np.empty(len(centres), dtype=np.int64)
        node_of[order] = np.cumsum(_first_of_each_place(centres[order], widths[order])) - 1
        nodes = np.bincount(node_of, centres) / np.bincount(node_of)
        node_widths = _widths_of_nodes(node_of, centres, widths)
        return cls(nodes, node_widths, node_of, _runs(nodes, node_widths))

    def spread_over_bands(
        self, weights: Float[np.ndarray, "row node"]
    ) -> Float[np.ndarray, "row band"]:
        """Return weights of nodes as weights of the bands, of which a node is the mean."""
        return (weights / np.bincount(self.node_of))[:, self.node_of]


def _first_of_each_place(
    centres: Float[np.ndarray, " band"], widths: Float[np.ndarray, " band"]
) -> Bool[np.ndarray, " band"]:
    """Tell which of the sorted centres begin a new node."""
    spacing = np.diff(centres)
    usual = _usual_spacings(spacing)
    narrower = np.minimum(widths[:-1], widths[1:])  # NaN if one is not known
    seen = (spacing <= SAME_LIGHT * narrower) & (spacing <= SQUEEZED * usual)
    blindly = np.minimum(SAME_PLACE_BLINDLY, SQUEEZED_BLINDLY * usual)
    blind = np.isnan(narrower) & (spacing < blindly)
    close = (spacing <= SAME_PLACE) | seen | blind
    first = np.ones(len(centres), dtype=bool)
    begin = 0
    for band in range(1, len(centres)):
        # Not a chain of them: no farther from the node's first band than from each other.
        reach = max(SAME_PLACE_BLINDLY, np.nan_to_num(SAME_LIGHT * narrower[band - 1]))
        first[band] = not close[band - 1] or centres[band] - centres[begin] > reach
        if first[band]:
            begin = band
    return first


def _widths_of_nodes(
    place: Int[np.ndarray, " band"],
    centres: Float[np.ndarray, " band"],
    widths: Float[np.ndarray, " band"],
) -> Float[np.ndarray, " node"]:
    """Return the width of the mean of each node's bands: theirs, and how far they lie apart.

    Bands of unknown width do not count; a node of such alone has none.
    """
    nodes, known = int(place.max()) + 1, np.isfinite(widths)

    def mean(values: Float[np.ndarray, " band"]) -> Float[np.ndarray, " node"]:
        counts = np.bincount(place[known], minlength=nodes)
        sums = np.bincount(place[known], values[known], minlength=nodes)
        return sums / np.where(counts > 0, counts, np.nan)

    apart = mean((centres - centres.mean()) ** 2) - mean(centres - centres.mean()) ** 2
    return np.sqrt(mean(widths**2) + 8 * np.log(2) * np.maximum(apart, 0))


def _runs(
    nodes: Float[np.ndarray, " node"], widths: Float[np.ndarray, " node"]
) -> tuple[tuple[int, int], ...]:
    spacing = np.diff(nodes)
    usual = _usual_spacings(spacing)
    # A width that is not known is taken for its neighbour's.
    one, other = np.fmin(widths[:-1], widths[1:]), np.fmax(widths[:-1], widths[1:])
    meeting = (one + other) / 2
    spectrometer = np.minimum(LARGEST_GAP * usual, LARGEST_SPACING * nodes[:-1])
    apart = np.minimum(LARGEST_GAP * np.minimum(usual, meeting), meeting + LARGEST_HOLE)
    allowed = np.where(np.isnan(meeting), spectrometer, np.maximum(apart, meeting))
    gaps = np.flatnonzero(spacing > allowed)
    edges = [0, *(int(gap) + 1 for gap in gaps), len(nodes)]
    return tuple(pairwise(edges))


def _usual_spacings(spacing: Float[np.ndarray, " gap"]) -> Float[np.ndarray, " gap"]:
    """Return for each gap the median spacing on both sides; where it stands alone, its own."""
    around = [
        np.concatenate([spacing[max(gap - NEIGHBOURS, 0) : gap], spacing[gap + 1 :][:NEIGHBOURS]])
        for gap in range(len(spacing))
    ]
    return np.array(
        [np.median(near if near.size else [own]) for near, own in zip(around, spacing, strict=True)]
    )
