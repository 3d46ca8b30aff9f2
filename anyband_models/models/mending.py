"""What was filled where many pixels lack the same bands, mended by what complete spectra tell."""

import numpy as np
from jaxtyping import Int

from anyband_models.distributions.given import Distribution, Pattern
from anyband_models.distributions.kernel import Kernel
from anyband_models.distributions.some import some
from anyband_models.models.conditional import in_range
from anyband_models.models.draft import Draft
from anyband_models.models.support import Support
from anyband_models.models.surroundings import beside
from anyband_models.scene.pixels import as_pixels, by_pattern

# Complete spectra from which on a kernel is worth its while, and that are learned from at most.
FEWEST, MOST = 30, 2000
# A pattern that fewer of the incomplete pixels have gets no kernel of its own.
COMMON = 0.1
BLOCK_PIXELS = 2048


def mend(draft: Draft, support: Support, distribution: Distribution) -> None:
    """Add to what a distribution filled what it gets wrong, for each common pattern.

    Args:
        draft: filled from the distribution; mended in place.
        support: complete spectra; with fewer than 30 nothing is done.
        distribution: of the support's bands.
    """
    if len(support) < FEWEST:
        return
    observed = draft.observed[support.bands]
    # Of a pixel of which nothing is known nothing was filled.
    incomplete = np.flatnonzero(observed.any(axis=0) & ~observed.all(axis=0))
    least = max(COMMON * len(incomplete), 1)
    for pattern, members in by_pattern(np.take(observed, incomplete, axis=1)):
        pixels = incomplete[members]
        if len(pixels) >= least:
            _mend(draft, pixels, pattern, support, distribution)


def _mend(
    draft: Draft,
    pixels: Int[np.ndarray, " n"],
    pattern: Pattern,
    support: Support,
    distribution: Distribution,
) -> None:
    kernel = _learned(draft, pattern, support, distribution)
    if kernel is None:
        return
    known, wanted = support.bands[pattern], support.bands[~pattern]
    values = as_pixels(draft.observation.values)
    left = kernel.left[:, np.newaxis]
    for start in range(0, len(pixels), BLOCK_PIXELS):
        block = pixels[start : start + BLOCK_PIXELS]
        seen = values[np.ix_(known, block)].T.astype(np.float64)
        where = wanted[:, np.newaxis], block[np.newaxis]
        before = draft.mean[where].astype(np.float64)
        mean = in_range(before + kernel(seen, beside(draft.observation, known, block)).T)
        # As far from the mean as before, times what is left.
        for sample in draft.samples:
            sample[where] = in_range(mean + left * (sample[where] - before))
        draft.fill(where, mean, left * draft.std[where])


def _learned(
    draft: Draft, pattern: Pattern, support: Support, distribution: Distribution
) -> Kernel | None:
    chosen = some(len(support), MOST)
    spectra = support.spectra[chosen]
    known, truth = spectra[:, pattern], spectra[:, ~pattern]
    wrong = truth - distribution.given(pattern).answer(known.T).mean.T
    around = beside(draft.observation, support.bands[pattern], support.places[chosen])
    return Kernel.fit(known, around, wrong)
