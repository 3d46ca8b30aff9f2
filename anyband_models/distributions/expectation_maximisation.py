"""Components of a mixture of normal distributions, fitted by expectation and maximisation."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

STEPS = 40
# Every component has, beside its spectra, so many of this variance around its own mean: few
# spectra make no needle. The whole has variance 1.
PRIOR_VARIANCE = 0.05
MOST = 5000


class Components(NamedTuple):
    """A mixture of normal distributions.

    Attributes:
        shares: how likely each is.
        means: of each.
        covariances: of each.
    """

    shares: Float[np.ndarray, " component"]
    means: Float[np.ndarray, "component score"]
    covariances: Float[np.ndarray, "component score score"]

    def sharpened(self, variance: float) -> "Components":
        """Return them without a variance that something else accounts for; half of it may stay."""
        values, vectors = np.linalg.eigh(self.covariances)
        values = np.maximum(values - variance, 0.5 * variance)
        return self._replace(covariances=(vectors * values[:, np.newaxis]) @ vectors.mT)


def fit_components(
    scores: Float[np.ndarray, "n score"],
    count: int,
    seed: int,
    most: int = MOST,
    steps: int = STEPS,
) -> Components:
    """Return so many components of scores that together have mean 0 and covariance 1.

    Args:
        scores: standardised.
        count: 1 returns that mean and covariance.
        seed: of where the components start.
        most: of more spectra than this, evenly spaced ones are learned from.
        steps: of expectation and maximisation.

    Source: Dempster, Laird & Rubin, *Maximum likelihood from incomplete data via the EM
    algorithm*, J. R. Stat. Soc. B 39 (1977) 1; the prior is Fraley & Raftery, *Bayesian
    regularization for normal mixture estimation*, J. Classif. 24 (2007) 155.
    """
    size = scores.shape[1]
    if count == 1:
        return Components(np.ones(1), np.zeros((1, size)), np.eye(size)[np.newaxis])
    scores = scores[:: max(1, -(-len(scores) // most))]
    belongs = _nearest(scores, _seeds(scores, count, seed))
    for _ in range(steps):
        components = _maximised(scores, belongs)
        belongs = _expected(scores, components)
    return _maximised(scores, belongs)


def _seeds(
    scores: Float[np.ndarray, "n score"], count: int, seed: int
) -> Float[np.ndarray, "component score"]:
    """Draw starts far from one another, the best of a few candidates each time.

    Source: Arthur & Vassilvitskii, *k-means++*, SODA 2007, section 5 (greedy).
    """
    rng = np.random.default_rng(seed)
    starts = [scores[rng.integers(len(scores))]]
    nearest = np.sum((scores - starts[0]) ** 2, axis=1)
    for _ in range(count - 1):
        total = nearest.sum()  # 0 where all spectra are one
        chances = nearest / total if total > 0 else None
        drawn = scores[rng.choice(len(scores), size=2 + int(np.log(count)), p=chances)]
        closer = [np.minimum(nearest, np.sum((scores - one) ** 2, axis=1)) for one in drawn]
        best = int(np.argmin([one.sum() for one in closer]))
        starts.append(drawn[best])
        nearest = closer[best]
    return np.array(starts)


def _nearest(
    scores: Float[np.ndarray, "n score"], starts: Float[np.ndarray, "component score"]
) -> Float[np.ndarray, "n component"]:
    apart = np.stack([np.sum((scores - start) ** 2, axis=1) for start in starts], axis=1)
    return np.eye(len(starts))[apart.argmin(axis=1)]


def _maximised(
    scores: Float[np.ndarray, "n score"], belongs: Float[np.ndarray, "n component"]
) -> Components:
    size = scores.shape[1]
    counts = belongs.sum(axis=0)
    means = belongs.T @ scores / np.maximum(counts, 1e-9)[:, np.newaxis]
    prior, worth = PRIOR_VARIANCE * np.eye(size), size + 2
    covariances = np.empty((len(means), size, size))
    for number, mean in enumerate(means):
        apart = scores - mean
        scatter = (apart * belongs[:, number : number + 1]).T @ apart
        covariances[number] = (scatter + worth * prior) / (counts[number] + worth)
    # A component that lost its spectra keeps a little, so that its logarithm is a number.
    shares = np.maximum(counts, 1e-6)
    return Components(shares / shares.sum(), means, covariances)


def _expected(
    scores: Float[np.ndarray, "n score"], components: Components
) -> Float[np.ndarray, "n component"]:
    logs = np.empty((len(scores), len(components.shares)))
    for number, (share, mean, covariance) in enumerate(zip(*components, strict=True)):
        half = np.linalg.inv(np.linalg.cholesky(covariance))
        apart = (scores - mean) @ half.T
        logs[:, number] = (
            np.log(share) + np.log(np.diag(half)).sum() - 0.5 * np.sum(apart**2, axis=1)
        )
    belongs = np.exp(logs - logs.max(axis=1, keepdims=True))
    return belongs / belongs.sum(axis=1, keepdims=True)
