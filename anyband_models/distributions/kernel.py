"""What a distribution gets wrong of a scene, learned from its complete spectra by a kernel.

    wrong(x) = k(x, S) (k(S, S) + noise I)^-1 wrong(S)

is the posterior mean of a Gaussian process over the observed bands' leading scores, and, where that
is found to help, over those of how a pixel's neighbours differ from it. The complete spectra tell,
each predicted from all others, how far the kernel reaches, how much is noise, whether the
neighbours have something to say, and whether it helps at all.

Source: Rasmussen & Williams, *Gaussian processes for machine learning*, MIT Press 2006, eq. 2.38,
5.10-5.12; the kernel is Matérn's with nu = 1/2, eq. 4.18.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from anyband_models.distributions.some import some

REACHES = (1.0, 2.0, 4.0, 8.0)
NOISES = (1e-3, 1e-2, 1e-1, 1.0)
# Spectra on which reach and noise are tried, at most.
TRIED = 500
SCORES = 16
# Scores' variances are drawn together: by the fourth root instead of the half.
WHITENING = 0.25
# Fewer spectra than this are believed in part when they say how much smaller errors are.
ENOUGH = 200
# A kernel that lessens the square errors by less than this is noise.
WORTH = 0.02


class Scores(NamedTuple):
    """Leading principal components of some bands, their variances drawn together.

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


class Inputs(NamedTuple):
    """What the kernel looks at; its mean square is 1.

    Attributes:
        own: scores of what is observed of a pixel.
        beside: scores of how its neighbours differ from it; None if they are not asked.
    """

    own: Scores
    beside: Scores | None

    def __call__(
        self, known: Float[np.ndarray, "n known"], beside: Float[np.ndarray, "n known"]
    ) -> Float[np.ndarray, "n input"]:
        """Return the inputs of some pixels.

        Args:
            known: what is observed of them.
            beside: how their neighbours differ from that.
        """
        own = self.own(known)
        if self.beside is None:
            return own
        return np.hstack([own, self.beside(beside)]) / np.sqrt(2)


class Choice(NamedTuple):
    """A kernel, and what it leaves of the square errors of spectra predicted from all others.

    Attributes:
        inputs: what it looks at.
        reach: in mean distances of a spectrum from the mean.
        noise: variance, in parts of the kernel's.
        left: of all bands [1].
    """

    inputs: Inputs
    reach: float
    noise: float
    left: float


@dataclass(frozen=True, eq=False)
class Kernel:
    """What a distribution gets wrong of the missing bands, as a function of the observed ones.

    Attributes:
        inputs: what it looks at.
        at: the inputs of the spectra that were learned from.
        reach: of the kernel.
        weights: of these spectra.
        left: of each missing band's standard deviation [1].
    """

    inputs: Inputs
    at: Float[np.ndarray, "n input"]
    reach: float
    weights: Float[np.ndarray, "n missing"]
    left: Float[np.ndarray, " missing"]

    @classmethod
    def fit(
        cls,
        known: Float[np.ndarray, "n known"],
        beside: Float[np.ndarray, "n known"],
        wrong: Float[np.ndarray, "n missing"],
    ) -> "Kernel | None":
        """Learn from complete spectra.

        Args:
            known: their bands that are observed elsewhere too.
            beside: how their neighbours differ from that; 0 where there are none.
            wrong: truth of their other bands, less what the distribution says.

        Returns:
            None if nothing is to be learned.
        """
        if np.ptp(known, axis=0).max(initial=0) == 0 or not wrong.any():
            return None
        few = some(len(known), TRIED)
        choice = _chosen(known, beside, wrong, few)
        if choice.left > 1 - WORTH:
            return None
        at = choice.inputs(known, beside)
        precision = _precision(at, choice)
        weights = precision @ wrong
        alone = _alone(precision, weights, np.hstack([known, wrong]))
        if np.linalg.norm(alone) >= np.linalg.norm(wrong):
            return None
        return cls(choice.inputs, at, choice.reach, weights, _left(alone, wrong))

    def __call__(
        self, known: Float[np.ndarray, "n known"], beside: Float[np.ndarray, "n known"]
    ) -> Float[np.ndarray, "n missing"]:
        """Return what the distribution is likely to get wrong of some pixels."""
        apart = _distance(self.inputs(known, beside), self.at)
        return np.exp(-apart / self.reach) @ self.weights


def _chosen(
    known: Float[np.ndarray, "n known"],
    beside: Float[np.ndarray, "n known"],
    wrong: Float[np.ndarray, "n missing"],
    few: Int[np.ndarray, " tried"],
) -> Choice:
    own = Scores.of(known)
    offered = [Inputs(own, None)]
    if np.ptp(beside, axis=0).max() > 0:
        offered.append(Inputs(own, Scores.of(beside)))
    tried = (_best(each, each(known[few], beside[few]), wrong[few]) for each in offered)
    return min(tried, key=lambda choice: choice.left)


def _best(
    inputs: Inputs, at: Float[np.ndarray, "n input"], wrong: Float[np.ndarray, "n missing"]
) -> Choice:
    apart = _distance(at, at)
    found = []
    for reach in REACHES:
        values, vectors = np.linalg.eigh(np.exp(-apart / reach))
        turned = vectors.T @ wrong
        for noise in NOISES:
            inverse = 1 / (np.maximum(values, 0) + noise)
            weights = vectors @ (inverse[:, np.newaxis] * turned)
            alone = weights / (vectors**2 @ inverse)[:, np.newaxis]
            left = float(np.linalg.norm(alone) / np.linalg.norm(wrong)) ** 2
            found.append(Choice(inputs, reach, noise, left))
    return min(found, key=lambda choice: choice.left)


def _alone(
    precision: Float[np.ndarray, "n n"],
    weights: Float[np.ndarray, "n missing"],
    spectra: Float[np.ndarray, "n band"],
) -> Float[np.ndarray, "n missing"]:
    """Return what the others get wrong of each spectrum, its copies not among them.

    Resampled images hold copies, and a copy tells too well what it is a copy of.
    """
    alone = weights / np.diag(precision)[:, np.newaxis]
    _, group, count = np.unique(spectra, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.ravel(), kind="stable")
    for same in np.split(order, np.cumsum(count)[:-1]):
        if len(same) > 1:
            alone[same] = np.linalg.solve(precision[np.ix_(same, same)], weights[same])
    return alone


def _left(
    alone: Float[np.ndarray, "n missing"], wrong: Float[np.ndarray, "n missing"]
) -> Float[np.ndarray, " missing"]:
    """Return how much smaller errors are, band by band; 1 where there were none before.

    Few spectra lie side by side, and each is told by those beside it better than pixels elsewhere
    will be: they are believed in part.
    """
    after, before = (np.linalg.norm(each, axis=0) for each in (alone, wrong))
    left = np.divide(after, before, out=np.ones(len(before)), where=before > 0).clip(max=1)
    return left ** min(1.0, len(wrong) / ENOUGH)


def _precision(at: Float[np.ndarray, "n input"], choice: Choice) -> Float[np.ndarray, "n n"]:
    kernel = np.exp(-_distance(at, at) / choice.reach)
    kernel[np.diag_indices_from(kernel)] += choice.noise
    return np.linalg.inv(kernel)


def _distance(
    here: Float[np.ndarray, "m input"], there: Float[np.ndarray, "n input"]
) -> Float[np.ndarray, "m n"]:
    squares = np.sum(here**2, axis=1)[:, np.newaxis] + np.sum(there**2, axis=1)
    return np.sqrt(np.maximum(squares - 2 * here @ there.T, 0))
