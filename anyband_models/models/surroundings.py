"""How a pixel's neighbours differ from it."""

import numpy as np
from jaxtyping import Bool, Float, Int

from anyband_models.models.contract import Observation
from anyband_models.scene.pixels import as_pixels

# Of a pixel with fewer its surroundings are not known; five has one at the edge of an image.
FEWEST = 5
NEIGHBOURS = tuple((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0))


def beside(
    observation: Observation, bands: Int[np.ndarray, " known"], places: Int[np.ndarray, " n"]
) -> Float[np.ndarray, "n known"]:
    """Return the mean of a pixel's neighbours less the pixel itself, NaN where they are few.

    Of eight neighbours those count of which all the bands are known; five are enough. A support of
    which nobody said how its spectra lie beside each other has no neighbours.

    Args:
        observation: the scene and its support.
        bands: which bands; they are known of the pixels themselves.
        places: of the pixels: those of the scene row by row, and after them those of the support.
    """
    mask, support = observation.mask, observation.support
    shape = mask.shape[1:]
    inside = places < shape[0] * shape[1]
    found = np.full((len(places), len(bands)), np.nan)
    image, known = as_pixels(observation.values), as_pixels(mask)
    found[inside] = _beside(image, known, shape, bands, places[inside])
    if support is not None and observation.support_shape is not None and not inside.all():
        there = places[~inside] - shape[0] * shape[1]
        image, known = support.T, np.isfinite(support.T)
        found[~inside] = _beside(image, known, observation.support_shape, bands, there)
    return found


def _beside(
    values: Float[np.ndarray, "band pixel"],
    known: Bool[np.ndarray, "band pixel"],
    shape: tuple[int, ...],
    bands: Int[np.ndarray, " known"],
    pixels: Int[np.ndarray, " n"],
) -> Float[np.ndarray, "n known"]:
    rows, cols = np.divmod(pixels, shape[1])
    total, count = np.zeros((len(pixels), len(bands))), np.zeros((len(pixels), 1))
    for y, x in NEIGHBOURS:
        row, col = rows + y, cols + x
        here = np.flatnonzero((row >= 0) & (row < shape[0]) & (col >= 0) & (col < shape[1]))
        there = row[here] * shape[1] + col[here]
        whole = known[np.ix_(bands, there)].all(axis=0)
        here, there = here[whole], there[whole]
        total[here] += values[np.ix_(bands, there)].T
        count[here] += 1
    own = values[np.ix_(bands, pixels)].T.astype(np.float64)
    return np.where(count >= FEWEST, total / np.maximum(count, 1) - own, np.nan)
