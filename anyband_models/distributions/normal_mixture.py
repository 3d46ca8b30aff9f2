"""A normal distribution of spectra whose leading scores are a mixture of normal ones.

    x = mu + W z + r,   z ~ sum_k pi_k N(m_k, S_k),   r ~ N(0, R)

W holds the leading principal components and R all that is left of the covariance, so that the rest
of the spectrum, band against band, is as exact as in a single normal distribution. With one
component it is that distribution. Given some bands, all is closed form: component k weighs by how
well it explains them, and ``z | k`` is normal with the precision ``S_k^-1 + W_o' R_oo^-1 W_o``.

Source: Tipping & Bishop, *Mixtures of probabilistic principal component analysers*, Neural Comput.
11 (1999) 443, with the residual's whole covariance in place of one variance, and one W; Miller &
Dunson, *Robust Bayesian inference via coarsening*, J. Am. Stat. Assoc. 114 (2019) 1113, eq. 2.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.distributions.expectation_maximisation import Components, fit_components
from anyband_models.distributions.given import Answer
from anyband_models.distributions.normal import Conditional, Normal

# Share of the leading components' variance that is left to R, which needs an inverse in them too.
LEFT = 1e-4
# Least variance of a leading component, as a share of the first one's.
SMALL = 1e-7
# A component that is less likely than this says nothing of a pixel.
NEGLIGIBLE = 1e-4


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """A distribution of spectra.

    Attributes:
        loadings: W.
        rest: mu and R.
        components: pi, m and S.
        coarse: how many bands' worth of evidence tells the components apart at most. Of n bands'
            logarithmic likelihood ``coarse / (coarse + n)`` counts: what errors bands share, and
            no distribution here knows of, would else make it too sure. None: all of it.
    """

    loadings: Float[np.ndarray, "band score"]
    rest: Normal
    components: Components
    coarse: float | None = None

    @classmethod
    def fit(
        cls,
        spectra: Float[np.ndarray, "pixel band"],
        normal: Normal,
        rank: int,
        count: int,
        seed: int = 0,
    ) -> "NormalMixture":
        """Return the mixture of spectra whose normal distribution is known.

        Args:
            spectra: complete.
            normal: fitted to them, perhaps shrunk.
            rank: how many principal components lead, at most.
            count: of components; 1 makes it the normal distribution.
            seed: of where the components start.
        """
        values, vectors = np.linalg.eigh(normal.covariance)
        # Components that hardly vary say nothing, and would leave R without an inverse.
        rank = max(1, min(rank, int(np.count_nonzero(values > SMALL * values[-1]))))
        values, vectors = values[::-1][:rank], vectors[:, ::-1][:, :rank]
        deviation = np.sqrt(values)
        loadings = vectors * deviation
        rest = normal.covariance - (1 - LEFT) * loadings @ loadings.T
        scores = (spectra - normal.mean) @ (vectors / deviation)
        components = fit_components(scores, count, seed)
        return cls(loadings, Normal(normal.mean, rest), components.sharpened(LEFT))

    @property
    def normal(self) -> Normal:
        """The normal distribution of the same mean and covariance, the scores' being 0 and 1."""
        covariance = self.rest.covariance + self.loadings @ self.loadings.T
        return Normal(self.rest.mean, covariance)

    def given(self, observed: Bool[np.ndarray, " band"]) -> "MixtureGiven":
        """Return the distribution of the other bands, given the observed ones."""
        known, wanted = self.loadings[observed], self.loadings[~observed]
        rest, weighed = self.rest.given_and_weighed(observed, known)
        return MixtureGiven(
            rest,
            weighed,
            wanted - rest.gain @ known,
            self._posteriors(known.T @ weighed),
            1.0 if self.coarse is None else self.coarse / (self.coarse + len(known)),
        )

    @cached_property
    def _precisions(self) -> Float[np.ndarray, "component score score"]:
        return np.linalg.inv(self.components.covariances)

    @cached_property
    def _pulls(self) -> Float[np.ndarray, "component score"]:
        return np.einsum("kij,kj->ki", self._precisions, self.components.means)

    @cached_property
    def _offsets(self) -> Float[np.ndarray, " component"]:
        _, means, covariances = self.components
        return -0.5 * (np.linalg.slogdet(covariances)[1] + np.sum(means * self._pulls, axis=1))

    def _posteriors(self, precision: Float[np.ndarray, "score score"]) -> "Posteriors":
        after = np.linalg.inv(self._precisions + precision)
        roots = np.linalg.cholesky(after)
        tighter = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        shares = np.log(self.components.shares)
        return Posteriors(shares, self._offsets + tighter, self._pulls, after, roots)


class Posteriors(NamedTuple):
    """What the components make of the observed bands.

    Attributes:
        shares: their own, before anything is observed, as logarithms.
        offsets: of the observed bands' logarithmic likelihood.
        pulls: of their means, ``S^-1 m``.
        covariances: of the scores.
        roots: their Cholesky factors.
    """

    shares: Float[np.ndarray, " component"]
    offsets: Float[np.ndarray, " component"]
    pulls: Float[np.ndarray, "component score"]
    covariances: Float[np.ndarray, "component score score"]
    roots: Float[np.ndarray, "component score score"]


@dataclass(frozen=True, eq=False)
class MixtureGiven:
    """The distribution of the missing bands, given the observed ones; see `given.Given`.

    Attributes:
        rest: that of the rest r.
        weighed: the observed bands' ``R_oo^-1 W_o``.
        response: of the missing bands to the scores, beside what the rest says of them.
        posteriors: of the components.
        evidence: how much of the observed bands' logarithmic likelihood counts.
    """

    rest: Conditional
    weighed: Float[np.ndarray, "observed score"]
    response: Float[np.ndarray, "missing score"]
    posteriors: Posteriors
    evidence: float

    @property
    def further(self) -> int:
        """A number for each score, and one that chooses the component."""
        return self.weighed.shape[1] + 1

    def answer(self, values: Float[np.ndarray, "observed pixel"]) -> Answer:
        """Return the mean and standard deviation over all components."""
        seen = self._seen(values)
        weights = self._weights(seen)
        shape = len(self.response), values.shape[1]
        mean, square = np.zeros(shape), np.zeros(shape)
        for number in np.flatnonzero(weights.any(axis=1)):
            weight, here = weights[number], np.flatnonzero(weights[number])
            part = self.response @ self._scores(number, seen[:, here])
            variance = np.sum((self.response @ self.posteriors.roots[number]) ** 2, axis=1)
            mean[:, here] += weight[here] * part
            square[:, here] += weight[here] * (part**2 + variance[:, np.newaxis])
        usual, spread = self.rest.answer(values)
        variance = np.maximum(square - mean**2, 0) + spread**2
        return Answer(usual + mean, np.sqrt(variance))

    def draw(
        self,
        values: Float[np.ndarray, "observed pixel"],
        noise: Float[np.ndarray, "missing pixel"],
        further: Float[np.ndarray, "further pixel"],
    ) -> Float[np.ndarray, "missing pixel"]:
        """Return a sample: of a component, of its scores, of the rest."""
        from scipy.special import ndtr

        seen = self._seen(values)
        reached = np.cumsum(self._weights(seen), axis=0)
        chosen = np.minimum((reached < ndtr(further[0])).sum(axis=0), len(reached) - 1)
        scores = np.empty_like(seen)
        for number in np.unique(chosen):
            here = np.flatnonzero(chosen == number)
            apart = self.posteriors.roots[number] @ further[1:, here]
            scores[:, here] = self._scores(number, seen[:, here]) + apart
        return self.rest.draw(values, noise, further[:0]) + self.response @ scores

    def _seen(self, values: Float[np.ndarray, "observed pixel"]) -> Float[np.ndarray, "score _"]:
        return self.weighed.T @ (values - self.rest.known[:, np.newaxis])

    def _scores(
        self, number: np.intp, seen: Float[np.ndarray, "score _"]
    ) -> Float[np.ndarray, "score _"]:
        """Return a component's mean scores."""
        pulled = seen + self.posteriors.pulls[number][:, np.newaxis]
        return self.posteriors.covariances[number] @ pulled

    def _weights(self, seen: Float[np.ndarray, "score pixel"]) -> Float[np.ndarray, "component _"]:
        """Return how likely each component is, pixel by pixel; none that is negligible counts."""
        shares, offsets, pulls, _, roots = self.posteriors
        pulled = roots.mT @ (seen + pulls[:, :, np.newaxis])
        likely = offsets[:, np.newaxis] + 0.5 * np.einsum("ksp,ksp->kp", pulled, pulled)
        logs = shares[:, np.newaxis] + self.evidence * likely
        weights = np.exp(logs - logs.max(axis=0))
        weights[weights < NEGLIGIBLE * weights.sum(axis=0)] = 0
        return weights / weights.sum(axis=0)
