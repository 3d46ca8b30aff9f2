"""Every refusal of the zoo, and the exit code that a command ends with when it is not answered.

| code | meaning |
|------|---------|
| 0    | done |
| 1    | a fault of the program; please report it |
| 2    | the command was not understood |
| 3    | an input cannot be read, or is not what it must be |
| 4    | the model, its weights, or a plugin cannot serve |
| 5    | out of memory or disk |
| 6    | done, but parts were refused; the provenance layer says which |
| 7    | a quality gate failed |
| 130  | interrupted |
"""

from collections.abc import Iterable

from srf_library import UnknownNameError


class AnybandError(Exception):
    """The root of the zoo's errors: one sentence for a person, one code for a script."""

    exit_code = 1


class UsageError(AnybandError):
    """Raised when options contradict each other or a value cannot be understood."""

    exit_code = 2


class InputError(AnybandError):
    """Raised when a file cannot be read, or does not hold what it must."""

    exit_code = 3


class ScaleError(InputError):
    """Raised when values cannot be reflectance and nobody has said what they are."""


class ModelError(AnybandError):
    """Raised when a model, its weights, or a plugin cannot serve what it is asked for."""

    exit_code = 4


class UnknownModelError(ModelError, UnknownNameError):
    """Raised when the zoo has no model of that name."""

    def __init__(self, name: str, offered: Iterable[str]) -> None:
        UnknownNameError.__init__(self, "a model", name, offered)


class WeightsError(ModelError):
    """Raised when a model's file is not there, or is not what it must be.

    Args:
        path: of the file.
        fault: what is wrong with it.
    """

    def __init__(self, path: object, fault: str) -> None:
        super().__init__(f"{path} {fault}; train the model again, or fetch its files anew")


class ResourceError(AnybandError):
    """Raised when memory or disk would not, or did not, suffice."""

    exit_code = 5


class QualityError(AnybandError):
    """Raised when a result fails a check that it must pass."""

    exit_code = 7


REFUSED_PARTS = 6
INTERRUPTED = 130
