"""What a normal distribution gets wrong of a scene, learned from its complete spectra by a kernel.

    mean(x) = normal(x) + k(x, S) (k(S, S) + noise I)^-1 (truth of S - normal(S))

is the posterior mean of a Gaussian process over the observed bands' leading scores, whose own mean
is the normal distribution's answer. The complete spectra tell, each predicted from all others, how
far the kernel reaches, how much is noise, and whether it helps at all.

Source: Rasmussen & Williams, *Gaussian processes for machine learning*, MIT Press 2006, eq. 2.38,
5.10-5.12; the kernel is Matérn's with nu = 1/2, eq. 4.18.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from anyband_models.distributions.given import Answer, Distribution, Given, Pattern
from anyband_models.distributions.normal import Normal
from anyband_models.distributions.some import some

REACHES = (1.0, 2.0, 4.0, 8.0)
NOISES = (1e-3, 1e-2, 1e-1, 1.0)
# Spectra on which reach and noise are tried, and those that are learned from, at most.
TRIED, LEARNED = 500, 2000
SCORES = 16
# Scores' variances are drawn together: by the fourth root instead of the half.
WHITENING = 0.25
# A kernel that lessens the square errors by less than this is noise.
WORTH = 0.02
BLOCK = 2048


@dataclass(frozen=True, eq=False)
class Kernelled:
    """A distribution, mended by a kernel for some patterns of observed bands.

    Attributes:
        inner: the distribution itself.
        spectra: complete ones of the scene.
        patterns: those that enough pixels have, as bytes.
    """

    inner: Distribution
    spectra: Float[np.ndarray, "pixel band"]
    patterns: frozenset[bytes]

    @property
    def normal(self) -> Normal:
        """That of the inner distribution."""
        return self.inner.normal

    def given(self, observed: Pattern) -> Given:
        """Return the distribution of the other bands, given the observed ones."""
        inner = self.inner.given(observed)
        if observed.tobytes() not in self.patterns:
            return inner
        return _mended(inner, self.spectra[:, observed], self.spectra[:, ~observed])


class Scores(NamedTuple):
    """Leading principal components of the observed bands, their variances drawn together.

    Attributes:
        mean: of the bands.
        axes: of the components.
    """

    mean: Float[np.ndarray, " known"]
    axes: Float[np.ndarray, "known score"]

    @classmethod
    def of(cls, known: Float[np.ndarray, "n known"]) -> "Scores":
        """Return those of some spectra; their mean square is 1."""
        mean = known.mean(axis=0)
        values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(known.T)))
        kept = np.flatnonzero(values > 1e-6 * values[-1])[-SCORES:]
        axes = vectors[:, kept] / values[kept] ** WHITENING
        size = np.sqrt(np.mean(np.sum(((known - mean) @ axes) ** 2, axis=1)))
        return cls(mean, axes / size)

    def __call__(self, known: Float[np.ndarray, "n known"]) -> Float[np.ndarray, "n score"]:
        """Return the scores of spectra."""
        return (known - self.mean) @ self.axes


class Choice(NamedTuple):
    """A kernel, and what it leaves of the square errors of spectra predicted from all others.

    Attributes:
        reach: in mean distances of a spectrum from the mean.
        noise: variance, in parts of the kernel's.
        left: of all bands [1].
    """

    reach: float
    noise: float
    left: float


def _mended(
    inner: Given, known: Float[np.ndarray, "n known"], wanted: Float[np.ndarray, "n wanted"]
) -> Given:
    chosen = some(len(known), LEARNED)
    known, wanted = known[chosen], wanted[chosen]
    if np.ptp(known, axis=0).max() == 0:
        return inner
    scores = Scores.of(known)
    wrong = wanted - inner.answer(known.T).mean.T
    at = scores(known)
    few = some(len(at), TRIED)
    choice = _chosen(at[few], wrong[few])
    if choice.left > 1 - WORTH:
        return inner
    precision = _precision(at, choice)
    weights = precision @ wrong
    alone = weights / np.diag(precision)[:, np.newaxis]
    left = np.sqrt(np.mean(alone**2, axis=0) / np.maximum(np.mean(wrong**2, axis=0), 1e-30))
    return KernelGiven(inner, scores, at, choice.reach, weights, np.minimum(left, 1.0))


def _chosen(at: Float[np.ndarray, "n score"], wrong: Float[np.ndarray, "n wanted"]) -> Choice:
    apart = _distance(at, at)
    before = float(np.mean(wrong**2))
    found = []
    for reach in REACHES:
        values, vectors = np.linalg.eigh(np.exp(-apart / reach))
        turned = vectors.T @ wrong
        for noise in NOISES:
            inverse = 1 / (np.maximum(values, 0) + noise)
            weights = vectors @ (inverse[:, np.newaxis] * turned)
            alone = weights / (vectors**2 @ inverse)[:, np.newaxis]
            found.append(Choice(reach, noise, float(np.mean(alone**2)) / max(before, 1e-30)))
    return min(found, key=lambda choice: choice.left)


def _precision(at: Float[np.ndarray, "n score"], choice: Choice) -> Float[np.ndarray, "n n"]:
    kernel = np.exp(-_distance(at, at) / choice.reach)
    kernel[np.diag_indices_from(kernel)] += choice.noise
    return np.linalg.inv(kernel)


def _distance(
    here: Float[np.ndarray, "m score"], there: Float[np.ndarray, "n score"]
) -> Float[np.ndarray, "m n"]:
    squares = np.sum(here**2, axis=1)[:, np.newaxis] + np.sum(there**2, axis=1)
    return np.sqrt(np.maximum(squares - 2 * here @ there.T, 0))


@dataclass(frozen=True, eq=False)
class KernelGiven:
    """The distribution of the missing bands, mended; see `given.Given`.

    Attributes:
        inner: the distribution itself.
        scores: of the observed bands.
        at: those of the spectra that were learned from.
        reach: of the kernel.
        weights: of these spectra.
        left: of each missing band's standard deviation.
    """

    inner: Given
    scores: Scores
    at: Float[np.ndarray, "n score"]
    reach: float
    weights: Float[np.ndarray, "n missing"]
    left: Float[np.ndarray, " missing"]

    @property
    def further(self) -> int:
        """As many as the distribution needs."""
        return self.inner.further

    def answer(self, values: Float[np.ndarray, "known pixel"]) -> Answer:
        """Return the mean and the standard deviation."""
        said = self.inner.answer(values)
        return Answer(said.mean + self._more(values), said.std * self.left[:, np.newaxis])

    def draw(
        self,
        values: Float[np.ndarray, "known pixel"],
        noise: Float[np.ndarray, "missing pixel"],
        further: Float[np.ndarray, "further pixel"],
    ) -> Float[np.ndarray, "missing pixel"]:
        """Return a sample: as far from the mean as the inner one's, times what is left."""
        mean = self.inner.answer(values).mean
        apart = self.inner.draw(values, noise, further) - mean
        return mean + self._more(values) + self.left[:, np.newaxis] * apart

    def _more(self, values: Float[np.ndarray, "known pixel"]) -> Float[np.ndarray, "missing pixel"]:
        more = np.empty((self.weights.shape[1], values.shape[1]))
        for start in range(0, values.shape[1], BLOCK):
            block = slice(start, start + BLOCK)
            apart = _distance(self.scores(values[:, block].T), self.at)
            more[:, block] = (np.exp(-apart / self.reach) @ self.weights).T
        return more
