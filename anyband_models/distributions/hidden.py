"""Observed bands hidden on trial, so that a scene itself tells how well its gaps can be filled.

Behind each of the scene's gaps some of its bands are hidden that lie as far from others as the
missing ones do. What a model makes of them is what it would make of the missing bands, as nearly
as can be known without them.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

# Trials, in a full turn through the gaps.
TRIALS = 24
# Fewer observed bands than this are never left.
FEWEST = 2


class Gap(NamedTuple):
    """Missing bands between two observed ones.

    Attributes:
        bands: how many are missing.
        width: from one observed band to the other [nm]; at an end of the spectrum, from the last
            observed band to the outermost missing one.
        end: -1 below all observed bands, 1 above, 0 between.
    """

    bands: int
    width: float
    end: int


def gaps(wavelength: Float[np.ndarray, " band"], observed: Bool[np.ndarray, " band"]) -> list[Gap]:
    """Return the gaps of a spectrum, along its wavelengths [nm]."""
    order = np.argsort(wavelength, kind="stable")
    nm, seen = wavelength[order], observed[order]
    edges = np.flatnonzero(np.diff(np.concatenate([[True], seen, [True]]).astype(np.int8)))
    found = []
    for first, after in edges.reshape(-1, 2):
        if first == 0:
            gap = Gap(int(after), float(nm[after] - nm[0]), -1)
        elif after == len(nm):
            gap = Gap(int(after - first), float(nm[-1] - nm[first - 1]), 1)
        else:
            gap = Gap(int(after - first), float(nm[after] - nm[first - 1]), 0)
        found.append(gap)
    return found


def trials(
    wavelength: Float[np.ndarray, " band"], observed: Bool[np.ndarray, " band"], count: int = TRIALS
) -> list[Bool[np.ndarray, " known"]]:
    """Return which of the observed bands to hide in each trial, some in each.

    Gaps are taken in turn, as often as they have bands; where in the spectrum each is laid is
    spread evenly. With two observed bands or fewer there is nothing to hide.

    Args:
        wavelength: of all bands [nm].
        observed: at least one is.
        count: how many trials.
    """
    nm = wavelength[observed]
    if len(nm) <= FEWEST:
        return []
    order = np.argsort(nm, kind="stable")
    ahead = nm[order]
    all_gaps = gaps(wavelength, observed)
    shares = np.cumsum([gap.bands for gap in all_gaps]) / sum(gap.bands for gap in all_gaps)
    found = []
    for number in range(count):
        # Two sequences that are even each, and together (Roberts, 2018).
        across, along = (number * 0.7548776662 + 0.5) % 1, (number * 0.5698402910 + 0.5) % 1
        gap = all_gaps[int(np.searchsorted(shares, across))]
        hidden = np.zeros(len(nm), dtype=bool)
        hidden[order] = _laid(ahead, gap, min(int(along * len(nm)), len(nm) - 1))
        found.append(hidden)
    return found


def _laid(ahead: Float[np.ndarray, " known"], gap: Gap, at: int) -> Bool[np.ndarray, " known"]:
    """Return the bands to hide, sorted, where a gap is laid around one of them or at its end."""
    if gap.end:
        outer = ahead[0] if gap.end < 0 else ahead[-1]
        hidden = np.abs(ahead - outer) < gap.width
    else:
        # Between the observed bands that are left lies about as much as between those of the gap.
        spacing = float(np.median(np.diff(ahead)))
        hidden = np.abs(ahead - ahead[at]) <= max((gap.width - spacing) / 2, 0.0)
    hidden[0 if gap.end < 0 else -1 if gap.end > 0 else at] = True
    if len(ahead) - np.count_nonzero(hidden) < FEWEST:
        hidden = np.arange(len(ahead)) == at
    return hidden
