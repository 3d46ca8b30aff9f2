"""What is asked of a distribution of spectra: the missing bands, given the observed ones."""

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float

if TYPE_CHECKING:
    from anyband_models.distributions.normal import Normal

Pattern = Bool[np.ndarray, " known"]


class Answer(NamedTuple):
    """What is known of the missing bands of some pixels.

    Attributes:
        mean: their expectation.
        std: their standard deviation; one column if it is the same for all pixels.
    """

    mean: Float[np.ndarray, "missing pixel"]
    std: Float[np.ndarray, "missing _"]


@runtime_checkable
class Given(Protocol):
    """A distribution of the missing bands, given the values of the observed ones."""

    @property
    def further(self) -> int:
        """How many random numbers a pixel needs beside one for each of its missing bands."""
        ...

    def answer(self, values: Float[np.ndarray, "observed pixel"]) -> Answer:
        """Return what observed values say of the missing ones."""
        ...

    def draw(
        self,
        values: Float[np.ndarray, "observed pixel"],
        noise: Float[np.ndarray, "missing pixel"],
        further: Float[np.ndarray, "further pixel"],
    ) -> Float[np.ndarray, "missing pixel"]:
        """Return a sample of the missing bands made of standard normal numbers."""
        ...


@runtime_checkable
class Distribution(Protocol):
    """A distribution of spectra."""

    @property
    def normal(self) -> "Normal":
        """A normal distribution of about the same mean and covariance."""
        ...

    def given(self, observed: Pattern) -> Given:
        """Return that of the other bands, given the observed ones."""
        ...
