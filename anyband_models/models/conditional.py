"""Missing bands from a distribution of spectra, one pattern of observed bands after the other."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.distributions.given import Distribution, Given, Pattern
from anyband_models.models.draft import Draft
from anyband_models.models.noise import standard_normal
from anyband_models.models.support import Support
from anyband_models.scene.pixels import as_pixels, by_pattern

# Pixels that say which distribution serves, and pixels predicted at a time: both bound the memory.
TRIAL_PIXELS = 512
BLOCK_PIXELS = 4096
LARGEST = float(np.finfo(np.float32).max) / 4  # which leaves room for a difference
# Where the streams of further random numbers begin, beside those that are one an entry.
_FURTHER = 2**32


def condition(
    draft: Draft,
    served: Bool[np.ndarray, "band pixel"],
    support: Support,
    fitted: Callable[[Pattern, Float[np.ndarray, "n observed"]], Distribution],
    seed: int,
) -> Distribution:
    """Fill the served entries of a draft from a distribution of the support's spectra.

    Args:
        draft: what was observed, and what is to be filled.
        served: entries of learned bands, in pixels with another learned band observed.
        support: what was learned from.
        fitted: makes the distribution, given the commonest pattern of observed bands and some of
            the spectra that have it.
        seed: of the samples.

    Returns:
        the distribution.
    """
    values = as_pixels(draft.observation.values)
    pixels = np.flatnonzero(served.any(axis=0))
    patterns = list(by_pattern(np.take(draft.observed, pixels, axis=1)[support.bands]))
    pattern, members = max(patterns, key=lambda item: len(item[1]))  # the commonest
    trial = pixels[members[:: -(-len(members) // TRIAL_PIXELS)]]
    spectra = values[np.ix_(support.bands[pattern], trial)].T.astype(np.float64)
    distribution = fitted(pattern, spectra)
    for number, sample in enumerate(draft.samples):
        sample[served] = standard_normal(seed, number, *served.shape)[served]
    for pattern, members in patterns:
        given = distribution.given(pattern)
        known, wanted = support.bands[pattern], support.bands[~pattern]
        for start in range(0, len(members), BLOCK_PIXELS):
            block = pixels[members[start : start + BLOCK_PIXELS]]
            seen = np.take(values, block, axis=1)[known]
            where = np.ix_(wanted, block)
            mean, std = given.answer(seen)
            draft.fill(where, in_range(mean), in_range(std))
            for number, sample in enumerate(draft.samples):
                further = _further(given, seed, number, served.shape[1])[:, block]
                drawn = given.draw(seen, sample[where], further)  # of the noise put there
                sample[where] = in_range(drawn)
    return distribution


def in_range(values: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return values as single precision can hold them: garbage in need not be infinite."""
    return np.clip(values, -LARGEST, LARGEST)


def _further(given: Given, seed: int, number: int, pixels: int) -> Float[np.ndarray, "further _"]:
    if not given.further:
        return np.empty((0, pixels))
    return standard_normal(seed, _FURTHER + number, given.further, pixels)


def servable(
    missing: Bool[np.ndarray, "band pixel"],
    observed: Bool[np.ndarray, "band pixel"],
    support: Support,
) -> Bool[np.ndarray, "band pixel"]:
    """Return the entries in learned bands, of pixels with another learned band observed."""
    learned = np.zeros((len(missing), 1), dtype=bool)
    learned[support.bands] = True
    return missing & learned & observed[support.bands].any(axis=0)
