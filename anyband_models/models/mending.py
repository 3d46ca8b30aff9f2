"""What was filled where many pixels lack the same bands, mended by what complete spectra tell."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

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
    kernels = Kernels.learned(draft, pattern, support, distribution)
    known, wanted = support.bands[pattern], support.bands[~pattern]
    values = as_pixels(draft.observation.values)
    for start in range(0, len(pixels), BLOCK_PIXELS):
        block = pixels[start : start + BLOCK_PIXELS]
        seen = values[np.ix_(known, block)].T.astype(np.float64)
        heard = np.zeros(len(block), dtype=bool)
        if kernels.hearing is not None:
            around = beside(draft.observation, known, block)
            heard = np.isfinite(around).all(axis=1)
            more = kernels.hearing((seen[heard], around[heard]))
            _add(draft, wanted, block[heard], more, kernels.hearing.left)
        if kernels.deaf is not None:
            more = kernels.deaf((seen[~heard],))
            _add(draft, wanted, block[~heard], more, kernels.deaf.left)


def _add(
    draft: Draft,
    wanted: Int[np.ndarray, " missing"],
    pixels: Int[np.ndarray, " n"],
    more: Float[np.ndarray, "n missing"],
    left: Float[np.ndarray, " missing"],
) -> None:
    """Add to the mean of some pixels, and leave so much of the standard deviation around it."""
    where = wanted[:, np.newaxis], pixels[np.newaxis]
    before = draft.mean[where].astype(np.float64)
    mean = in_range(before + more.T)
    for sample in draft.samples:
        sample[where] = in_range(mean + left[:, np.newaxis] * (sample[where] - before))
    draft.fill(where, mean, left[:, np.newaxis] * draft.std[where])


class Kernels(NamedTuple):
    """What a distribution gets wrong where a pattern of bands is missing.

    Attributes:
        deaf: told by the pixel alone; None if that tells nothing.
        hearing: by its neighbours too; None if these do not help.
    """

    deaf: Kernel | None
    hearing: Kernel | None

    @classmethod
    def learned(
        cls, draft: Draft, pattern: Pattern, support: Support, distribution: Distribution
    ) -> "Kernels":
        """Learn both from complete spectra; of the neighbours from those that have some."""
        chosen = some(len(support), MOST)
        spectra = support.spectra[chosen]
        known, truth = spectra[:, pattern], spectra[:, ~pattern]
        wrong = truth - distribution.given(pattern).answer(known.T).mean.T
        spectrum = np.unique(spectra, axis=0, return_inverse=True)[1].ravel()
        deaf = Kernel.fit((known,), wrong, spectrum)
        around = beside(draft.observation, support.bands[pattern], support.places[chosen])
        with_some = np.isfinite(around).all(axis=1)
        if np.count_nonzero(with_some) < FEWEST:
            return cls(deaf, None)
        both = known[with_some], around[with_some]
        hearing = Kernel.fit(both, wrong[with_some], spectrum[with_some])
        if hearing is not None and deaf is not None and deaf.error <= hearing.error:
            return cls(deaf, None)
        return cls(deaf, hearing)
