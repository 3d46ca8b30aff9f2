"""Spectra as a mean and a few principal components."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class SpectralBasis:
    """An orthonormal basis of spectra at 400-2500 nm, one value a nanometre.

    Attributes:
        mean: the mean spectrum [1].
        components: the principal components, the strongest first; rows of length one.
        variance: the variance of the scores on each.
    """

    mean: Float[np.ndarray, " wavelength"]
    components: Float[np.ndarray, "score wavelength"]
    variance: Float[np.ndarray, " score"]

    @classmethod
    def of(cls, spectra: Float[np.ndarray, "spectrum wavelength"], size: int) -> "SpectralBasis":
        """Return the basis of given spectra, in double precision.

        Source: Jolliffe, Principal Component Analysis, 2nd ed. (2002), ch. 3.

        >>> basis = SpectralBasis.of(np.random.default_rng(0).random((50, 6)), size=2)
        >>> np.allclose(basis.components @ basis.components.T, np.eye(2))
        True
        """
        values = spectra.astype(np.float64)
        mean = values.mean(axis=0)
        centred = values - mean
        variance, vectors = np.linalg.eigh(centred.T @ centred / (len(values) - 1))
        strongest = np.argsort(variance)[::-1][:size]
        # The sign of an eigenvector is free: the largest entry is made positive.
        components = vectors[:, strongest].T
        largest = np.abs(components).argmax(axis=1)
        components *= np.sign(components[np.arange(size), largest])[:, np.newaxis]
        return cls(mean, np.ascontiguousarray(components), variance[strongest])

    def scores(
        self, spectra: Float[np.ndarray, "*batch wavelength"]
    ) -> Float[np.ndarray, "*batch score"]:
        """Return the scores of spectra."""
        return (spectra - self.mean) @ self.components.T

    def spectra(
        self, scores: Float[np.ndarray, "*batch score"]
    ) -> Float[np.ndarray, "*batch wavelength"]:
        """Return the spectra of scores."""
        return self.mean + scores @ self.components
