"""What a distribution gets wrong of a scene, learned from its complete spectra by a kernel.

    wrong(x) = k(x, S) (k(S, S) + noise I)^-1 wrong(S)

is the posterior mean of a Gaussian process over the leading scores of what is known of a pixel. The
complete spectra tell, each predicted from all others, how far the kernel reaches, how much is
noise, and whether it helps at all.

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

Known = tuple[Float[np.ndarray, "n known"], ...]


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
    """What the kernel looks at: scores of one or several things; their mean square is 1."""

    scores: tuple[Scores, ...]

    def __call__(self, known: Known) -> Float[np.ndarray, "n input"]:
        """Return the inputs of some pixels, of whom these things are known."""
        found = [each(one) for each, one in zip(self.scores, known, strict=True)]
        return np.hstack(found) / np.sqrt(len(found))


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


@dataclass(frozen=True, eq=False)
class Kernel:
    """What a distribution gets wrong of the missing bands, as a function of what is known.

    Attributes:
        inputs: what it looks at.
        at: the inputs of the spectra that were learned from.
        reach: of the kernel.
        weights: of these spectra.
        left: of each missing band's standard deviation, wherever a pixel lies [1].
        error: what it leaves of the square errors of all bands [1].
    """

    inputs: Inputs
    at: Float[np.ndarray, "n input"]
    reach: float
    weights: Float[np.ndarray, "n missing"]
    left: Float[np.ndarray, " missing"]
    error: float

    @classmethod
    def fit(
        cls, known: Known, wrong: Float[np.ndarray, "n missing"], spectrum: Int[np.ndarray, " n"]
    ) -> "Kernel | None":
        """Learn from complete spectra.

        Args:
            known: of them as of pixels elsewhere, one thing or several; rows are spectra.
            wrong: truth of their other bands, less what the distribution says.
            spectrum: a number each; copies of one spectrum have the same.

        Returns:
            None if nothing is to be learned.
        """
        few = some(len(wrong), TRIED)
        if np.ptp(known[0], axis=0).max(initial=0) == 0 or not wrong[few].any():
            return None
        inputs = Inputs(tuple(Scores.of(one) for one in known))
        at = inputs(known)
        choice = _best(at[few], wrong[few])
        precision = _precision(at, choice)
        weights = precision @ wrong
        alone = _alone(precision, weights, spectrum)
        error = float(np.linalg.norm(alone) / np.linalg.norm(wrong)) ** 2
        if error > 1 - WORTH:
            return None
        return cls(inputs, at, choice.reach, weights, _left(alone, wrong), error)

    def __call__(self, known: Known) -> Float[np.ndarray, "n missing"]:
        """Return what the distribution is likely to get wrong of some pixels."""
        apart = _distance(self.inputs(known), self.at)
        return np.exp(-apart / self.reach) @ self.weights


def _best(at: Float[np.ndarray, "n input"], wrong: Float[np.ndarray, "n missing"]) -> Choice:
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
            found.append(Choice(reach, noise, left))
    return min(found, key=lambda choice: choice.left)


def _alone(
    precision: Float[np.ndarray, "n n"],
    weights: Float[np.ndarray, "n missing"],
    spectrum: Int[np.ndarray, " n"],
) -> Float[np.ndarray, "n missing"]:
    """Return what the others get wrong of each spectrum, its copies not among them.

    Resampled images hold copies, and a copy tells too well what it is a copy of.
    """
    alone = weights / np.diag(precision)[:, np.newaxis]
    order = np.argsort(spectrum, kind="stable")
    for same in np.split(order, np.flatnonzero(np.diff(spectrum[order])) + 1):
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
