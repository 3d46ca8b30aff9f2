"""The scores of a spectrum of which only some bands are known: a linear Gaussian estimate."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from emulator_training.band_response import BandResponse
from emulator_training.spectral_basis import SpectralBasis

# Noise of a measured reflectance: 1 % of it, and 0.002 [1].
RELATIVE_NOISE, ABSOLUTE_NOISE = 0.01, 0.002


@dataclass(frozen=True, eq=False)
class ScorePosterior:
    """Bands ``y`` give scores ``z ~ N(gain (y - offset), std²)``, and scores give bands.

    Attributes:
        gain: what a band adds to the mean of each score; zero for bands that are not seen.
        offset: the bands of the mean spectrum [1].
        design: the bands of each component, ``y = offset + design z``.
        std: what remains unknown of each score, in units of what was unknown before: from 0,
            fully known, to 1.
    """

    gain: Float[np.ndarray, "score band"]
    offset: Float[np.ndarray, " band"]
    design: Float[np.ndarray, "band score"]
    std: Float[np.ndarray, " score"]

    @classmethod
    def of(cls, basis: SpectralBasis, response: BandResponse) -> "ScorePosterior":
        """Return the estimate from bands.

        The prior of the scores is ``N(0, variance)``; the noise is that of the mean spectrum. The
        system is solved in the scores, scaled to a prior of one.

        Source: Bishop, Pattern Recognition and Machine Learning (2006), Eq. 2.116-2.117.
        """
        offset, design = response.weights @ basis.mean, response.weights @ basis.components.T
        noise = (RELATIVE_NOISE * offset) ** 2 + ABSOLUTE_NOISE**2
        prior = np.sqrt(basis.variance)
        scaled = design * prior
        weighted = (scaled / noise[:, np.newaxis]).T * response.seen
        covariance = np.linalg.inv(np.eye(len(prior)) + weighted @ scaled)
        gain = prior[:, np.newaxis] * (covariance @ weighted)
        return cls(gain, offset, design, np.sqrt(np.diagonal(covariance)))
