"""From arguments to an exit code: every refusal becomes one sentence on stderr."""

import errno
import sys
from collections.abc import Callable

from emulator_training import interrupts

USAGE, INPUT, RESOURCE, GATE, INTERRUPTED = 2, 3, 5, 7, 130
# A disk, a quota or a limit on a file's size is used up.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def run(command: Callable[[], object]) -> int:
    """Call a command that ends in `SystemExit`, and return the code to exit with."""
    interrupts.listen()
    try:
        command()
    except SystemExit as end:
        # typer is the first to hear of an interrupt, and ends with its code.
        if end.code == INTERRUPTED:
            return _interrupted()
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return _interrupted()
    except MemoryError:
        return _say("there is not enough memory; close other programs", RESOURCE)
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        return _say(_sentence(error), code)
    return 0


def _code(error: Exception) -> int | None:
    from pydantic import ValidationError

    from emulator_training.errors import (
        ConfigError,
        EmulatorError,
        NoRoomError,
        SchedulerAddressError,
        WorkerDiedError,
    )
    from emulator_training.validation.gates import GateError, UnknownGateError
    from srf_library import AmbiguousNameError, NotShippedError, UnknownNameError

    codes: list[tuple[type[Exception] | tuple[type[Exception], ...], int]] = [
        (GateError, GATE),
        ((NoRoomError, WorkerDiedError), RESOURCE),
        ((ConfigError, SchedulerAddressError, UnknownGateError, ValidationError), USAGE),
        ((UnknownNameError, AmbiguousNameError, NotShippedError), USAGE),
        (EmulatorError, INPUT),
    ]
    for kinds, code in codes:
        if isinstance(error, kinds):
            return code
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return RESOURCE
        return None if error.filename is None else INPUT
    return None


def _sentence(error: Exception) -> str:
    from pydantic import ValidationError

    from emulator_training.errors import EmulatorError

    if isinstance(error, OSError) and not isinstance(error, EmulatorError):
        if error.errno in _FULL:
            return "the disk is full; free some space, and the same command goes on"
        return f"{error.filename}: {error.strerror}"
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    text = str(first["msg"]).removeprefix("Value error, ")
    return text if text.startswith(where) else f"{where}: {text}"


def _interrupted() -> int:
    return _say("interrupted; what is complete stays, and the same command goes on", INTERRUPTED)


def _say(sentence: object, code: int) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return code
