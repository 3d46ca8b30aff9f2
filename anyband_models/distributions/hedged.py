"""A distribution that is trusted as far as trials allow, beside straight lines in wavelength."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.distributions.given import Answer, Distribution, Given, Pattern
from anyband_models.distributions.normal import Normal


def line_weights(
    wavelength: Float[np.ndarray, " band"], observed: Bool[np.ndarray, " band"]
) -> Float[np.ndarray, "missing known"]:
    """Return what of each observed band a straight line takes; the edge value outside.

    Args:
        wavelength: of all bands [nm].
        observed: at least one is.
    """
    known = np.flatnonzero(observed)
    order = known[np.argsort(wavelength[known], kind="stable")]
    place = np.empty(len(observed), dtype=np.int64)
    place[known] = np.arange(len(known))
    wanted = wavelength[~observed]
    after = np.clip(np.searchsorted(wavelength[order], wanted), 1, max(len(order) - 1, 1))
    low = order[after - 1]
    high = order[np.minimum(after, len(order) - 1)]
    width = wavelength[high] - wavelength[low]
    share = np.divide(
        wanted - wavelength[low], width, out=np.zeros(len(wanted)), where=width > 0
    ).clip(0, 1)
    weights = np.zeros((len(wanted), len(known)))
    rows = np.arange(len(wanted))
    np.add.at(weights, (rows, place[low]), 1 - share)
    np.add.at(weights, (rows, place[high]), share)
    return weights


@dataclass(frozen=True, eq=False)
class Hedged:
    """A distribution, its mean drawn towards straight lines.

    Attributes:
        inner: the distribution.
        wavelength: of its bands [nm].
        trust: 1 leaves its mean, 0 makes it that of the lines.
        spread: what its standard deviations are multiplied by, all or each band's.
        judged: which bands were missing when the spread was found. Where others are, the spread is
            at least 1: what may be narrowed there nobody knows. None: it holds wherever.
    """

    inner: Distribution
    wavelength: Float[np.ndarray, " band"]
    trust: float = 1.0
    spread: float | Float[np.ndarray, " band"] = 1.0
    judged: Bool[np.ndarray, " band"] | None = None

    @property
    def normal(self) -> Normal:
        """That of the inner distribution."""
        return self.inner.normal

    def given(self, observed: Pattern) -> "HedgedGiven":
        """Return the distribution of the other bands, given the observed ones."""
        return HedgedGiven(
            self.inner.given(observed),
            line_weights(self.wavelength, observed),
            self.trust,
            self._spread(~observed)[:, np.newaxis],
        )

    def _spread(self, missing: Bool[np.ndarray, " band"]) -> Float[np.ndarray, " missing"]:
        spread = np.broadcast_to(self.spread, missing.shape)[missing]
        if self.judged is not None and (missing & ~self.judged).any():
            return np.maximum(spread, 1.0)
        return spread


@dataclass(frozen=True, eq=False)
class HedgedGiven:
    """Such a distribution of the missing bands; see `given.Given`.

    Attributes:
        inner: the distribution itself.
        line: weights of the observed bands.
        trust: see `Hedged`.
        spread: see `Hedged`, of the missing bands.
    """

    inner: Given
    line: Float[np.ndarray, "missing known"]
    trust: float
    spread: Float[np.ndarray, "missing 1"]

    @property
    def further(self) -> int:
        """As many as the distribution needs."""
        return self.inner.further

    def answer(self, values: Float[np.ndarray, "known pixel"]) -> Answer:
        """Return the mean and the standard deviation."""
        said = self.inner.answer(values)
        return Answer(self._drawn(said.mean, values), said.std * self.spread)

    def draw(
        self,
        values: Float[np.ndarray, "known pixel"],
        noise: Float[np.ndarray, "missing pixel"],
        further: Float[np.ndarray, "further pixel"],
    ) -> Float[np.ndarray, "missing pixel"]:
        """Return a sample: as far from the mean as the inner one's, times the spread."""
        mean = self.inner.answer(values).mean
        sample = self.inner.draw(values, noise, further)
        return self._drawn(mean, values) + self.spread * (sample - mean)

    def _drawn(
        self, mean: Float[np.ndarray, "missing pixel"], values: Float[np.ndarray, "known pixel"]
    ) -> Float[np.ndarray, "missing pixel"]:
        if self.trust == 1:
            return mean
        return self.trust * mean + (1 - self.trust) * (self.line @ values)
