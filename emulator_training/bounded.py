"""A number that a simulator takes, and where it lies."""

from dataclasses import dataclass
from numbers import Real


@dataclass(frozen=True)
class Bounded:
    """A number that a simulator takes, and where it lies.

    Attributes:
        name: the keyword that it is given by.
        title: what it is.
        unit: of what follows.
        low: the least that was fitted to.
        high: the most.
        least: the least that the simulator takes.
        greatest: the most.
        usual: what it is if nobody says otherwise.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    least: float
    greatest: float
    usual: float


def is_number(value: object) -> bool:
    """Tell whether a value is a real number, of Python or of numpy; truth values are none."""
    return isinstance(value, Real) and not isinstance(value, bool)
