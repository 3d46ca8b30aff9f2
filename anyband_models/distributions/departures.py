"""How the spectra of a scene depart from those of libraries, band by band and along wavelength.

A sensor's calibration, the air between, and materials that no library has: short-range departures,
alike in neighbouring bands, and a gain of each band's own. Both grow with the spectrum itself.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

# Darker bands of a scene count as this bright, in parts of its mean brightness.
DARKEST = 0.02
# No scene is darker than this: what never varies at all can still be conditioned on.
BLACK = float(np.finfo(np.float32).tiny)


class Departures(NamedTuple):
    """Their sizes.

    Attributes:
        short: standard deviation of what neighbouring bands share, in parts of the spectrum [1].
        length: how far along the wavelength it is shared [nm].
        gain: standard deviation of each band's own, in parts of the spectrum [1].
    """

    short: float
    length: float
    gain: float

    def covariance(
        self, wavelength: Float[np.ndarray, " band"], level: Float[np.ndarray, " band"]
    ) -> Float[np.ndarray, "band band"]:
        """Return the departures' covariance over bands.

        The short-range part is an Ornstein-Uhlenbeck process, so that its posterior mean far from
        libraries is interpolation by nearly straight lines.

        Args:
            wavelength: band centres [nm].
            level: how bright the scene is in each band.

        Source: Rasmussen & Williams, *Gaussian processes for machine learning*, 2006, eq. 4.18.
        """
        level = np.maximum(level, max(DARKEST * float(np.mean(np.abs(level))), BLACK))
        apart = np.abs(wavelength[:, np.newaxis] - wavelength)
        shared = self.short**2 * np.exp(-apart / self.length)
        shared[np.diag_indices_from(shared)] += self.gain**2
        return shared * np.outer(level, level)
