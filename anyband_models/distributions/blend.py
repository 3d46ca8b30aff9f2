"""A prior and a scene's complete spectra, brought together in closed form.

    C = (strength C0 + sum of squares of the spectra) / (strength + their number)

is the posterior mean of a covariance whose prior is inverse-Wishart. C0 is what the spectral prior
says, in part, and how scenes depart from it. Which part, which departures and how strong they are
together, the complete spectra tell: some of them predict the missing bands of the others.

Source: Gelman et al., *Bayesian data analysis*, 3rd ed. 2013, section 3.6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.distributions.departures import Departures
from anyband_models.distributions.nine_tenths import spread_of
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.spectral_prior import Seen

# From so many spectra on half of them are enough to learn from; of fewer, three quarters.
MANY = 100
# Of so many one half judges the other, once.
PLENTY = 1000
# Spectra of a fold that are predicted, at most.
JUDGES = 256
SWEEPS = 2
# Of a belief's width: spectra that are all alike, as copies are, say nothing of what others do.
NARROWEST = 0.3
# So many spectra are believed half when they say that a belief is too wide.
FEW = 8.0


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


class Chosen(NamedTuple):
    """What does best.

    Attributes:
        belief: the best one.
        spread: what each band's standard deviations are to be multiplied by where these bands are
            missing; of the others, what those that were judged need in common.
        error: mean square of its errors.
    """

    belief: Belief
    spread: Float[np.ndarray, " band"]
    error: float


class Moments(NamedTuple):
    """Of some spectra.

    Attributes:
        mean: of each band.
        squares: sum of the products of the distances from it.
        weight: how many spectra.
    """

    mean: Float[np.ndarray, " band"]
    squares: Float[np.ndarray, "band band"]
    weight: int


class Fold(NamedTuple):
    """What is learned from, and what is judged.

    Attributes:
        moments: of the spectra that are learned from.
        judged: others.
    """

    moments: Moments
    judged: Float[np.ndarray, "_ band"]


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

    def normal(self, belief: Belief) -> Normal:
        """Return the distribution that the spectra and a belief make."""
        return self._made(belief, _moments(self.spectra))

    def chosen(self, missing: Bool[np.ndarray, " band"]) -> Chosen:
        """Return the belief under which some of the spectra best predict others' missing bands.

        Args:
            missing: which bands are.
        """
        best, folds = Belief(), self._folds()
        if not folds:  # nothing is left to predict
            return Chosen(best, np.ones(len(missing)), np.inf)
        least, scores = self._error(best, missing, folds)
        tried = {best}
        for _ in range(SWEEPS if len(self.spectra) < PLENTY else 1):
            start = best
            for axis in ("strength", "departures", "share"):
                for belief in _along(best, axis, self.seen is not None):
                    if belief in tried:
                        continue
                    tried.add(belief)
                    error, found = self._error(belief, missing, folds)
                    if error < least:
                        best, least, scores = belief, error, found
            if best == start:
                break
        return Chosen(best, self._spread(scores, best, missing), least)

    def _spread(
        self,
        scores: Float[np.ndarray, "missing judged"],
        belief: Belief,
        missing: Bool[np.ndarray, " band"],
    ) -> Float[np.ndarray, " band"]:
        """Return by what standard deviations are to be multiplied, from errors in them.

        Bands differ, and standard deviations are narrowed, as far as they are only a belief. What
        judges is nearer to what was learned from than the pixels to be repaired may be: where the
        scene's own spectra made the distribution, it is not narrowed, nor by a few errors.
        """
        count = len(self.spectra)
        doubt = belief.strength / (belief.strength + count)
        each = np.array([max(spread_of([row]), NARROWEST) for row in scores])
        relative = (each / max(spread_of([scores]), NARROWEST)) ** doubt
        level = spread_of([scores / relative[:, np.newaxis]], independent=scores.shape[1])
        if level < 1:
            level = max(level, NARROWEST) ** (doubt * count / (count + FEW))
        spread = np.full(len(missing), level)
        spread[missing] *= relative
        return spread

    def _made(self, belief: Belief, moments: Moments) -> Normal:
        usual = before(self.wavelength, np.abs(moments.mean), belief, self.seen)
        total = belief.strength + moments.weight
        return Normal(moments.mean, (belief.strength * usual + moments.squares) / total)

    def _folds(self) -> list[Fold]:
        """Return what is learned from and what is judged: a few times, or once of many spectra.

        The spectra come row by row, and a fold is a run of them: what judges lies elsewhere in the
        scene, as the pixels to be repaired do, and errors do not look smaller than they will be.

        Source: Roberts et al., *Cross-validation strategies for data with temporal, spatial,
        hierarchical, or phylogenetic structure*, Ecography 40 (2017) 913.
        """
        count = len(self.spectra)
        parts = 2 if count >= MANY else min(4, count)
        part = np.arange(count) * parts // max(count, 1)
        rounds = 1 if count >= PLENTY else parts
        found = []
        for number in range(rounds if parts > 1 else 0):
            judged = self.spectra[part == number]
            judged = judged[:: max(1, len(judged) // JUDGES)]
            found.append(Fold(_moments(self.spectra[part != number]), judged))
        return found

    def _error(
        self, belief: Belief, missing: Bool[np.ndarray, " band"], folds: list[Fold]
    ) -> tuple[float, Float[np.ndarray, "missing judged"]]:
        """Return the mean square error, and the absolute errors in standard deviations."""
        errors, scores = [], []
        for fold in folds:
            given = self._made(belief, fold.moments).given(~missing)
            said = given.answer(fold.judged[:, ~missing].T)
            error = np.abs(said.mean - fold.judged[:, missing].T)
            errors.append(float(np.mean(error**2)))
            scores.append(error / said.std)
        return float(np.mean(errors)), np.concatenate(scores, axis=1)


def _moments(spectra: Float[np.ndarray, "pixel band"]) -> Moments:
    mean = spectra.mean(axis=0)
    centred = spectra - mean
    return Moments(mean, centred.T @ centred, len(spectra))


def _along(belief: Belief, axis: str, library: bool) -> Iterator[Belief]:
    match axis:
        case "strength":
            yield from (belief._replace(strength=each) for each in STRENGTHS)
        case "departures":
            yield from (belief._replace(departures=each) for each in DEPARTURES)
        case "share" if library:
            yield from (belief._replace(share=each) for each in SHARES)
