"""A prior and a scene's complete spectra, brought together in closed form.

    C = (strength C0 + sum of squares of the spectra) / (strength + their number)

is the posterior mean of a covariance whose prior is inverse-Wishart. C0 is what the spectral prior
says, in part, and how scenes depart from it. Which part, which departures and how strong they are
together, the complete spectra tell: those of one half predict the missing bands of the other.

Source: Gelman et al., *Bayesian data analysis*, 3rd ed. 2013, section 3.6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.distributions.departures import Departures
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.spectral_prior import Seen

# Spectra of a fold that are predicted, at most.
JUDGES = 256
SWEEPS = 2
# Of the 90 % interval of a normal distribution, in standard deviations.
HALF_WIDTH_90 = 1.6448536


class Belief(NamedTuple):
    """What is believed of a scene's covariance before its spectra are looked at.

    Attributes:
        departures: from libraries.
        share: of the libraries' covariance that a scene has [1].
        strength: how many spectra it counts as.
    """

    departures: Departures = Departures(0.03, 100.0, 0.01)
    share: float = 0.1
    strength: float = 30.0


# What is tried, one after the other, the rest left as it stands.
STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
SHARES = (0.01, 0.1, 1.0)
DEPARTURES = (
    Departures(0.003, 100.0, 0.003),
    Departures(0.01, 100.0, 0.001),
    Departures(0.03, 100.0, 0.01),
    Departures(0.03, 100.0, 0.03),
    Departures(0.1, 400.0, 0.003),
    Departures(0.1, 400.0, 0.01),
)


def before(
    wavelength: Float[np.ndarray, " band"],
    level: Float[np.ndarray, " band"],
    belief: Belief,
    seen: Seen | None,
) -> Float[np.ndarray, "band band"]:
    """Return the covariance that is believed of a scene before its spectra are looked at.

    Args:
        wavelength: of the bands [nm].
        level: how bright the scene is in each.
        belief: how scenes are.
        seen: the prior, as the bands see it; None where it has no right.
    """
    covariance = belief.departures.covariance(wavelength, level)
    if seen is not None:
        library = seen.loadings @ seen.loadings.T
        library[np.diag_indices_from(library)] += seen.rest
        covariance += belief.share * library
    return covariance


@dataclass(frozen=True, eq=False)
class Blend:
    """Complete spectra of a scene, and the prior as its bands see it.

    Attributes:
        wavelength: of the bands [nm].
        spectra: complete.
        seen: the prior; None where it has no right.
    """

    wavelength: Float[np.ndarray, " band"]
    spectra: Float[np.ndarray, "pixel band"]
    seen: Seen | None

    def normal(self, belief: Belief, rows: slice = slice(None)) -> Normal:
        """Return the distribution that some of the spectra and a belief make."""
        spectra = self.spectra[rows]
        mean = spectra.mean(axis=0)
        usual = before(self.wavelength, np.abs(mean), belief, self.seen)
        centred = spectra - mean
        total = belief.strength + len(spectra)
        return Normal(mean, (belief.strength * usual + centred.T @ centred) / total)

    def chosen(self, missing: Bool[np.ndarray, " band"]) -> tuple[Belief, float]:
        """Return the belief under which half of the spectra best predict the others' missing bands.

        Args:
            missing: which bands are.

        Returns:
            it, and what its standard deviations are to be multiplied by.
        """
        best = Belief()
        if len(self.spectra) < 2:  # nothing is left to predict
            return best, 1.0
        least, spread = self._error(best, missing)
        tried = {best}
        for _ in range(SWEEPS):
            start = best
            for axis in ("strength", "departures", "share"):
                for belief in _along(best, axis, self.seen is not None):
                    if belief in tried:
                        continue
                    tried.add(belief)
                    error, wide = self._error(belief, missing)
                    if error < least:
                        best, least, spread = belief, error, wide
            if best == start:
                break
        return best, max(spread, 1.0)  # never narrower than the distribution says itself

    def _error(self, belief: Belief, missing: Bool[np.ndarray, " band"]) -> tuple[float, float]:
        total, scores = 0.0, []
        for fold in (0, 1):
            learned, judged = slice(fold, None, 2), slice(1 - fold, None, 2)
            given = self.normal(belief, learned).given(~missing)
            spectra = self.spectra[judged]
            spectra = spectra[:: max(1, len(spectra) // JUDGES)]
            said = given.answer(spectra[:, ~missing].T)
            error = said.mean - spectra[:, missing].T
            total += float(np.mean(error**2))
            scores.append((np.abs(error) / said.std).ravel())
        return total, float(np.quantile(np.concatenate(scores), 0.9)) / HALF_WIDTH_90


def _along(belief: Belief, axis: str, library: bool) -> Iterator[Belief]:
    match axis:
        case "strength":
            yield from (belief._replace(strength=each) for each in STRENGTHS)
        case "departures":
            yield from (belief._replace(departures=each) for each in DEPARTURES)
        case "share" if library:
            yield from (belief._replace(share=each) for each in SHARES)
