"""Components of a mixture of normal distributions, fitted by expectation and maximisation."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

STEPS = 20
# Every component has, beside its spectra, so many of this variance around its own mean: few
# spectra make no needle. The whole has variance 1.
PRIOR_VARIANCE = 0.05
MOST = 2500


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
    powers = _Powers(scores)
    belongs = _nearest(scores, _seeds(scores, count, seed))
    for _ in range(steps):
        belongs = powers.expected(powers.maximised(belongs))
    return powers.maximised(belongs)


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


class _Powers:
    """Products of scores up to the second order: all that a normal distribution sees of them.

    Both steps are one matrix product with them each.

    Args:
        scores: standardised.

    Attributes:
        every: 1, each score, and each pair's product once.
        pairs: rows and columns of these products.
    """

    def __init__(self, scores: Float[np.ndarray, "n score"]) -> None:
        self.size = scores.shape[1]
        self.pairs = np.triu_indices(self.size)
        products = [scores[:, row:] * scores[:, row : row + 1] for row in range(self.size)]
        self.every = np.concatenate([np.ones((len(scores), 1)), scores, *products], axis=1)

    def maximised(self, belongs: Float[np.ndarray, "n component"]) -> Components:
        """Return the components of scores, each of which belongs to them in parts."""
        moments = belongs.T @ self.every
        counts, sums, products = np.split(moments, [1, 1 + self.size], axis=1)
        means = sums / np.maximum(counts, 1e-9)
        scatter = np.empty((len(means), self.size, self.size))
        scatter[:, *self.pairs] = scatter[:, *self.pairs[::-1]] = products
        scatter -= sums[:, :, np.newaxis] * means[:, np.newaxis, :]
        prior, worth = PRIOR_VARIANCE * np.eye(self.size), self.size + 2
        covariances = (scatter + worth * prior) / (counts[:, :, np.newaxis] + worth)
        # A component that lost its spectra keeps a little, so that its logarithm is a number.
        shares = np.maximum(counts[:, 0], 1e-6)
        return Components(shares / shares.sum(), means, covariances)

    def expected(self, components: Components) -> Float[np.ndarray, "n component"]:
        """Return in which parts scores belong to components."""
        shares, means, covariances = components
        precisions = np.linalg.inv(covariances)
        pulls = np.einsum("kij,kj->ki", precisions, means)
        offsets = np.log(shares) - 0.5 * np.linalg.slogdet(covariances)[1]
        offsets -= 0.5 * np.sum(pulls * means, axis=1)
        rows, cols = self.pairs
        twice = -0.5 * precisions[:, rows, cols] * np.where(rows == cols, 1, 2)
        logs = self.every @ np.concatenate([offsets[:, np.newaxis], pulls, twice], axis=1).T
        belongs = np.exp(logs - logs.max(axis=1, keepdims=True))
        return belongs / belongs.sum(axis=1, keepdims=True)
