"""How a scene without complete spectra departs from libraries, and how far the prior is trusted.

The scene's own observed bands tell, hidden on trial (`hidden`). Where gaps are wide and few bands
are known the trials are few and alike, and say little: what is usual then stands.
"""

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.distributions.departures import Departures
from anyband_models.distributions.expectation_maximisation import Components
from anyband_models.distributions.given import Answer, Distribution
from anyband_models.distributions.hedged import Hedged, line_weights
from anyband_models.distributions.hidden import gaps, trials
from anyband_models.distributions.nine_tenths import spread_of
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.normal_mixture import NormalMixture
from anyband_models.distributions.spectral_prior import Seen

USUAL = Departures(0.06, 400.0, 0.02)
TRIED = tuple(
    Departures(short, length, gain)
    for short in (0.03, 0.1, 0.3, 1.0)
    for length in (100.0, 400.0)
    for gain in (0.003, 0.01, 0.03)
)
# How much less likely other departures are, for each octave squared of each size.
UNUSUAL = 0.3
# Observed bands below which the lines get no say: trials among a handful say too little.
ENOUGH = 40
# Bands' worth of evidence that tells the prior's components apart: a scene's departures are alike
# in many bands, and in all its pixels.
COARSE = 40.0
# Pixels that are looked at, at most.
JUDGES = 128
# Independent trials of which the spread is believed half.
DOUBT = 5.0


class Trial:
    """A scene's observed bands, and the prior as all its bands see it.

    Args:
        wavelength: of all bands [nm].
        seen: the prior on them.
        components: of its scores.
        observed: which bands are known.
        spectra: their values in some pixels.
    """

    def __init__(
        self,
        wavelength: Float[np.ndarray, " band"],
        seen: Seen,
        components: Components,
        observed: Bool[np.ndarray, " band"],
        spectra: Float[np.ndarray, "pixel known"],
    ) -> None:
        self.wavelength, self.seen, self.components = wavelength, seen, components
        self.observed = observed
        self.values = spectra[:: -(-len(spectra) // JUDGES)].T
        self.hidden = trials(wavelength, observed)
        # Where few bands are observed many trials hide the same ones.
        place = {hidden.tobytes(): number for number, hidden in enumerate(self.hidden)}
        self.first = [place[hidden.tobytes()] for hidden in self.hidden]
        self.truth = [self.values[hidden] for hidden in self.hidden]
        self.level = self._level()

    def distribution(self) -> Hedged:
        """Return the distribution that does best, as far as the trials can tell."""
        if not self.hidden:
            return Hedged(self._mixture(USUAL), self.wavelength)
        best = min(TRIED, key=self._cost)
        said = self._said(self._mixture(best, among=True))
        trust = self._trust([each.mean for each in said])
        return Hedged(self._mixture(best), self.wavelength, trust, self._spread(said))

    @property
    def independent(self) -> float:
        """About how many trials are not alike: how often the usual gap fits into the spectrum."""
        all_gaps = gaps(self.wavelength, self.observed)
        weights = np.array([gap.bands for gap in all_gaps], dtype=np.float64)
        width = np.average([gap.width for gap in all_gaps], weights=weights)
        span = float(np.ptp(self.wavelength[self.observed]))
        return min(span / max(width, 1e-9), float(np.count_nonzero(self.observed)))

    def _level(self) -> Float[np.ndarray, " band"]:
        mean = np.abs(self.values.mean(axis=1))
        level = np.empty(len(self.wavelength))
        level[self.observed] = mean
        level[~self.observed] = line_weights(self.wavelength, self.observed) @ mean
        return level

    def _mixture(self, departures: Departures, among: bool = False) -> NormalMixture:
        kept = self.observed if among else np.ones(len(self.wavelength), dtype=bool)
        covariance = departures.covariance(self.wavelength, self.level)[np.ix_(kept, kept)]
        covariance[np.diag_indices_from(covariance)] += self.seen.rest[kept]
        rest = Normal(self.seen.mean[kept], covariance)
        return NormalMixture(self.seen.loadings[kept], rest, self.components, COARSE)

    def _said(self, distribution: Distribution) -> list[Answer]:
        """Return what a distribution of the observed bands says in each trial."""
        found: dict[int, Answer] = {}
        for number in set(self.first):
            left = ~self.hidden[number]
            found[number] = distribution.given(left).answer(self.values[left])
        return [found[number] for number in self.first]

    def _lines(self) -> list[Float[np.ndarray, "_ pixel"]]:
        nm = self.wavelength[self.observed]
        return [line_weights(nm, ~hidden) @ self.values[~hidden] for hidden in self.hidden]

    def _cost(self, departures: Departures) -> float:
        """Return how wrong departures are in the trials, their being unusual included."""
        # The normal distribution stands in for the mixture, and is quicker.
        said = self._said(self._mixture(departures, among=True).normal)
        pairs = zip(said, self.truth, strict=True)
        wrong = np.array([_square(each.mean - true) for each, true in pairs])
        # Half the mean of all errors, which a bad trial rules, half the mean of their logarithms.
        error = 0.5 * np.log(wrong.mean()) + 0.5 * np.log(wrong).mean()
        octaves = np.log2(np.array(departures) / np.array(USUAL))
        return float(error + UNUSUAL * np.sum(octaves**2) / self.independent)

    def _trust(self, means: list[Float[np.ndarray, "_ pixel"]]) -> float:
        """Return the distribution's share in its best mean with the lines, each trial alike."""
        if np.count_nonzero(self.observed) < ENOUGH:
            return 1.0
        along, across = 0.0, 0.0
        for mean, line, true in zip(means, self._lines(), self.truth, strict=True):
            usual = _square(line - true)
            along += float(np.mean((mean - line) * (true - line))) / usual
            across += _square(mean - line) / usual
        return float(np.clip(along / max(across, 1e-30), 0, 1))

    def _spread(self, said: list[Answer]) -> float:
        """Return by how much standard deviations must grow for nine in ten errors to be within.

        Few trials, all alike, are believed half.
        """
        pairs = zip(said, self.truth, strict=True)
        found = spread_of([np.abs(each.mean - true) / each.std for each, true in pairs])
        return found ** (self.independent / (self.independent + DOUBT))


def _square(error: Float[np.ndarray, "_ pixel"]) -> float:
    return max(float(np.mean(error**2)), 1e-30)
