"""A normal distribution learned from spectra none of which is complete.

Every band was observed in many pixels, each pixel lacks some: expectation fills what is missing,
with its uncertainty, and maximisation takes the mean and covariance of the filled spectra, drawn
towards what is believed beforehand.

Source: Dempster, Laird & Rubin, *Maximum likelihood from incomplete data via the EM algorithm*,
J. R. Stat. Soc. B 39 (1977) 1, section 4.1.3.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from anyband_models.distributions.blend import Belief, before
from anyband_models.distributions.departures import Departures
from anyband_models.distributions.hedged import Hedged
from anyband_models.distributions.nine_tenths import spread_of
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.some import some
from anyband_models.distributions.spectral_prior import Seen
from anyband_models.scene.pixels import by_pattern

STEPS = 8
# Pixels that are learned from, at most.
LEARNED = 500
# Of pixels that have a band at least so many, if there are any.
RARE = 20
# One in so many observed entries is hidden, to tell which belief serves.
HIDDEN = 10
BELIEFS = (
    Belief(Departures(0.03, 100.0, 0.03), 0.1, 30.0),
    Belief(Departures(0.03, 100.0, 0.03), 0.1, 300.0),
    Belief(Departures(0.1, 400.0, 0.01), 1.0, 30.0),
    Belief(Departures(0.1, 400.0, 0.01), 1.0, 300.0),
    Belief(Departures(0.3, 100.0, 0.01), 1.0, 1000.0),
)


@dataclass(frozen=True, eq=False)
class Incomplete:
    """Spectra with gaps, and the prior as their bands see it.

    Attributes:
        wavelength: of the bands [nm].
        values: anything where not observed.
        observed: each band in some pixels, each pixel in two bands or more.
        seen: the prior; None where it has no right.
    """

    wavelength: Float[np.ndarray, " band"]
    values: Float[np.ndarray, "band pixel"]
    observed: Bool[np.ndarray, "band pixel"]
    seen: Seen | None

    def distribution(self) -> Hedged:
        """Return the distribution that best predicts observed entries hidden on trial."""
        chosen = _chosen(self.observed)
        values, observed = self.values[:, chosen].astype(np.float64), self.observed[:, chosen]
        values = np.where(observed, values, 0.0)
        shown = observed & (np.random.default_rng(0).random(observed.shape) >= 1 / HIDDEN)
        shown |= observed & (shown.sum(axis=0) < 2)  # something to go by is left to each pixel
        found = [self._tried(belief, values, observed, shown) for belief in BELIEFS]
        _, spread, best = min(found)
        start = self._start(BELIEFS[best], values, observed)
        final = learned(values, observed, start, BELIEFS[best].strength)
        return Hedged(final, self.wavelength, spread=spread)

    def _start(
        self,
        belief: Belief,
        values: Float[np.ndarray, "band pixel"],
        observed: Bool[np.ndarray, "band pixel"],
    ) -> Normal:
        mean = values.sum(axis=1, where=observed) / np.maximum(observed.sum(axis=1), 1)
        return Normal(mean, before(self.wavelength, np.abs(mean), belief, self.seen))

    def _tried(
        self,
        belief: Belief,
        values: Float[np.ndarray, "band pixel"],
        observed: Bool[np.ndarray, "band pixel"],
        shown: Bool[np.ndarray, "band pixel"],
    ) -> tuple[float, float, int]:
        """Return the mean square error of hidden entries, what spread they ask for, and which."""
        start = self._start(belief, values, shown)
        normal = learned(values, shown, start, belief.strength, STEPS // 2)
        errors, scores = [np.zeros(0)], [np.zeros(0)]
        for pattern, members in by_pattern(shown):
            hidden = observed[np.ix_(~pattern, members)]
            if hidden.any():
                said = normal.given(pattern).answer(values[np.ix_(pattern, members)])
                error = np.abs(said.mean - values[np.ix_(~pattern, members)])
                errors.append(error[hidden])
                scores.append((error / said.std)[hidden])
        if not any(map(len, errors)):
            return 0.0, 1.0, BELIEFS.index(belief)
        wrong = float(np.mean(np.concatenate(errors) ** 2))
        return wrong, spread_of(scores), BELIEFS.index(belief)


def _chosen(observed: Bool[np.ndarray, "band pixel"]) -> Int[np.ndarray, " n"]:
    """Return pixels to learn from: some, and some more that have a band which is rare."""
    chosen = np.zeros(observed.shape[1], dtype=bool)
    chosen[some(len(chosen), LEARNED)] = True
    for band in np.flatnonzero(np.count_nonzero(observed[:, chosen], axis=1) < RARE):
        having = np.flatnonzero(observed[band])
        chosen[having[some(len(having), RARE)]] = True
    return np.flatnonzero(chosen)


def learned(
    values: Float[np.ndarray, "band pixel"],
    observed: Bool[np.ndarray, "band pixel"],
    start: Normal,
    strength: float,
    steps: int = STEPS,
) -> Normal:
    """Return the distribution of spectra that have gaps.

    Args:
        values: anything where not observed.
        observed: each band in some pixels, each pixel in some bands.
        start: what is believed of the covariance; the mean is only where to start from.
        strength: how many spectra the belief counts as.
        steps: of expectation and maximisation.
    """
    patterns = list(by_pattern(observed))
    values = np.where(observed, values, 0.0)
    current, count = start, values.shape[1]
    for _ in range(steps):
        filled, doubt = values.copy(), np.zeros_like(start.covariance)
        for pattern, members in patterns:
            if pattern.all():
                continue
            given = current.given(pattern)
            filled[np.ix_(~pattern, members)] = given.answer(values[np.ix_(pattern, members)]).mean
            doubt[np.ix_(~pattern, ~pattern)] += len(members) * given.covariance
        mean = filled.mean(axis=1)
        centred = filled - mean[:, np.newaxis]
        total = strength * start.covariance + centred @ centred.T + doubt
        current = Normal(mean, total / (strength + count))
    return current
