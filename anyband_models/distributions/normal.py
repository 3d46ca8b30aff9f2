"""A multivariate normal distribution over bands, and what it says of some given the others.

    x_m | x_o ~ N( mu_m + C_mo C_oo^-1 (x_o - mu_o),  C_mm - C_mo C_oo^-1 C_om )

With the precision ``P = C^-1`` the same reads ``mu_m - P_mm^-1 P_mo (x_o - mu_o)`` and ``P_mm^-1``;
the smaller of the two systems is solved.

Source: Rasmussen & Williams, *Gaussian processes for machine learning*, MIT Press 2006, A.2, A.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from anyband_models.distributions.given import Answer

# Relative to the mean square: keeps a band that is constant in the support invertible.
VARIANCE_FLOOR = 1e-12
SMALLEST_SQUARE = float(np.finfo(np.float32).tiny) ** 2


@dataclass(frozen=True, eq=False)
class Conditional:
    """The distribution of the missing bands, given the observed ones.

    Attributes:
        known: the observed bands' mean.
        wanted: the missing ones'.
        gain: the missing bands' response to the observed ones' departure from the mean.
        covariance: of the missing bands; the same whatever the observed values are.
    """

    known: Float[np.ndarray, " observed"]
    wanted: Float[np.ndarray, " missing"]
    gain: Float[np.ndarray, "missing observed"]
    covariance: Float[np.ndarray, "missing missing"]
    further: int = 0

    def answer(self, values: Float[np.ndarray, "observed pixel"]) -> Answer:
        """Return the conditional mean and standard deviation."""
        mean = self.wanted[:, np.newaxis] + self.gain @ (values - self.known[:, np.newaxis])
        return Answer(mean, np.sqrt(np.maximum(np.diag(self.covariance), 0))[:, np.newaxis])

    def draw(
        self,
        values: Float[np.ndarray, "observed pixel"],
        noise: Float[np.ndarray, "missing pixel"],
        further: Float[np.ndarray, "further pixel"],
    ) -> Float[np.ndarray, "missing pixel"]:
        """Return a sample; see `given.Given`."""
        return self.answer(values).mean + self.root @ noise

    @cached_property
    def root(self) -> Float[np.ndarray, "missing missing"]:
        """A matrix whose product with its own transpose is the covariance."""
        values, vectors = np.linalg.eigh(self.covariance)
        return vectors * np.sqrt(np.maximum(values, 0))


@dataclass(frozen=True, eq=False)
class Normal:
    """A normal distribution with mean ``mu`` and covariance ``C``, in float64."""

    mean: Float[np.ndarray, " band"]
    covariance: Float[np.ndarray, "band band"]

    @classmethod
    def fit(cls, spectra: Float[np.ndarray, "pixel band"]) -> "Normal":
        """Return the distribution with the spectra's mean and (n - 1) covariance."""
        mean = spectra.mean(axis=0)
        centred = spectra - mean
        covariance = centred.T @ centred / max(len(spectra) - 1, 1)
        floor = VARIANCE_FLOOR * max(float(np.mean(spectra**2)), SMALLEST_SQUARE)
        covariance[np.diag_indices_from(covariance)] += floor
        return cls(mean, covariance)

    def shrunk(self, weight: float) -> "Normal":
        """Return the same variances with every correlation times ``1 - weight``.

        Source: Schäfer & Strimmer, *A shrinkage approach to large-scale covariance matrix
        estimation*, Stat. Appl. Genet. Mol. Biol. 4 (2005) 32, target D.
        """
        covariance = (1 - weight) * self.covariance
        np.fill_diagonal(covariance, np.diag(self.covariance))
        return Normal(self.mean, covariance)

    @property
    def normal(self) -> "Normal":
        """Itself; see `given.Distribution`."""
        return self

    @cached_property
    def precision(self) -> Float[np.ndarray, "band band"]:
        """The inverse of the covariance."""
        return _inverse(self.covariance)

    def given(self, observed: Bool[np.ndarray, " band"]) -> Conditional:
        """Return the distribution of the other bands, given the observed ones."""
        o, m = np.flatnonzero(observed), np.flatnonzero(~observed)
        known, wanted = self.mean[o], self.mean[m]
        if len(m) < len(o):
            covariance = _inverse(self.precision[np.ix_(m, m)])
            gain = -covariance @ self.precision[np.ix_(m, o)]
            return Conditional(known, wanted, gain, covariance)
        return self._given(o, m, _inverse(self.covariance[np.ix_(o, o)]))

    def _given(
        self,
        o: Int[np.ndarray, " observed"],
        m: Int[np.ndarray, " missing"],
        inverse: Float[np.ndarray, "observed observed"],
    ) -> Conditional:
        cross = self.covariance[np.ix_(o, m)]
        gain = cross.T @ inverse
        rest = self.covariance[np.ix_(m, m)] - gain @ cross
        return Conditional(self.mean[o], self.mean[m], gain, rest)

    def given_and_weighed(
        self, observed: Bool[np.ndarray, " band"], vectors: Float[np.ndarray, "observed n"]
    ) -> tuple[Conditional, Float[np.ndarray, "observed n"]]:
        """Return what `given` does, and vectors over the observed bands times ``C_oo^-1``.

        With the precision and the response ``G`` of the missing bands, ``C_oo^-1`` is
        ``P_oo + P_om G``: one system is solved for both.
        """
        o, m = np.flatnonzero(observed), np.flatnonzero(~observed)
        if len(m) < len(o):
            given = self.given(observed)
            among, across = self.precision[np.ix_(o, o)], self.precision[np.ix_(o, m)]
            return given, among @ vectors + across @ (given.gain @ vectors)
        inverse = _inverse(self.covariance[np.ix_(o, o)])
        return self._given(o, m, inverse), inverse @ vectors

    def surprise(
        self, observed: Bool[np.ndarray, " band"], values: Float[np.ndarray, "observed pixel"]
    ) -> Float[np.ndarray, "observed pixel"]:
        """Return how far each observed band lies from what the others say, in its deviations.

        Args:
            observed: which bands are.
            values: theirs.

        Source: Rasmussen & Williams 2006, eq. 5.12.
        """
        o, m = np.flatnonzero(observed), np.flatnonzero(~observed)
        centred = values - self.mean[o, np.newaxis]
        if len(m) >= len(o):
            inverse = _inverse(self.covariance[np.ix_(o, o)])
            return inverse @ centred / np.sqrt(np.diag(inverse))[:, np.newaxis]
        across = self.precision[np.ix_(o, m)]
        solved = across @ _inverse(self.precision[np.ix_(m, m)])
        among = self.precision[np.ix_(o, o)] @ centred - solved @ (across.T @ centred)
        diagonal = np.diag(self.precision)[o] - np.sum(solved * across, axis=1)
        return among / np.sqrt(diagonal)[:, np.newaxis]

    def leave_one_band_out(
        self, spectra: Float[np.ndarray, "pixel band"], weights: Sequence[float]
    ) -> Float[np.ndarray, " weight"]:
        """Return, for each shrinkage, the mean log density of a band given all the others.

        In units of each band's own standard deviation, which the shrinkage leaves alone. All
        shrunk correlation matrices have the same eigenvectors, so one decomposition serves.

        Args:
            spectra: complete over the bands.
            weights: as for `shrunk`.

        Source: Rasmussen & Williams 2006, eq. 5.10-5.12.
        """
        deviation = np.sqrt(np.diag(self.covariance))
        values, vectors = np.linalg.eigh(self.covariance / np.outer(deviation, deviation))
        rotated = (spectra - self.mean) / deviation @ vectors
        scores = np.empty(len(weights))
        for number, weight in enumerate(weights):
            inverse = 1 / ((1 - weight) * np.maximum(values, 0) + weight)
            variance = 1 / (vectors**2 @ inverse)
            error = rotated * inverse @ vectors.T * variance
            scores[number] = -0.5 * np.mean(error**2 / variance + np.log(2 * np.pi * variance))
        return scores


def _inverse(matrix: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    # SciPy brings a second BLAS, whose threads wait for NumPy's: in turns they are 40 times slower.
    half = np.linalg.inv(np.linalg.cholesky(matrix))
    return half.T @ half
