"""From arguments to an exit code: every refusal becomes one sentence on stderr."""

import sys
from collections.abc import Callable

USAGE, INPUT, RESOURCE, GATE, INTERRUPTED = 2, 3, 5, 7, 130


def run(command: Callable[[], object]) -> int:
    """Call a command that ends in `SystemExit`, and return the code to exit with."""
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return _say(
            "interrupted; what is complete stays, and the same command goes on", INTERRUPTED
        )
    except OSError as error:
        from emulator_training.errors import EmulatorError

        if isinstance(error, EmulatorError):
            return _say(error, INPUT)
        if error.filename is None:
            raise
        return _say(f"{error.filename}: {error.strerror}", RESOURCE)
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        return _say(_sentence(error), code)
    return 0


def _code(error: Exception) -> int | None:
    from pydantic import ValidationError

    from emulator_training.errors import EmulatorError
    from emulator_training.validation.gates import GateError
    from srf_library import UnknownNameError

    if isinstance(error, GateError):
        return GATE
    if isinstance(error, EmulatorError):
        return INPUT
    return USAGE if isinstance(error, ValidationError | UnknownNameError) else None


def _sentence(error: Exception) -> str:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    text = str(first["msg"]).removeprefix("Value error, ")
    return text if text.startswith(where) else f"{where}: {text}"


def _say(sentence: object, code: int) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return code
