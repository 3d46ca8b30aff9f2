"""From arguments to an exit code: every refusal becomes one sentence on stderr."""

import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

from anyband_models.errors import (
    INTERRUPTED,
    AnybandError,
    InputError,
    ModelError,
    ResourceError,
    UsageError,
)
from anyband_models.files import FULL
from physops.errors import (
    ClashingPluginsError,
    ParameterError,
    PhysopsError,
    PluginError,
    UnknownConstantError,
)
from srf_library.errors import (
    AmbiguousNameError,
    CentreShiftWarning,
    NotShippedError,
    SrfError,
    TableWarning,
    UnknownNameError,
)


def run(command: Callable[[], object]) -> int:
    """Call a command that ends in `SystemExit`, and return the code to exit with.

    What the command refuses is said in one sentence; the codes are those of
    `anyband_models.errors`. Anything else that it raises is a fault of the program.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a batch system's way to interrupt
    try:
        with warnings.catch_warnings():
            _say_warnings(warnings.showwarning)
            command()
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            return _interrupted()
        return end.code if isinstance(end.code, int) else 0
    except AnybandError as error:
        return _say(error, error.exit_code)
    except (UnknownNameError, AmbiguousNameError, NotShippedError) as error:
        return _say(error, UsageError.exit_code)
    except (ParameterError, UnknownConstantError) as error:
        return _say(error, UsageError.exit_code)
    except (PluginError, ClashingPluginsError) as error:
        return _say(error, ModelError.exit_code)
    except (SrfError, PhysopsError) as error:
        return _say(error, InputError.exit_code)
    except MemoryError:
        sentence = "there is not enough memory; close other programs, or cut the scene into parts"
        return _say(sentence, ResourceError.exit_code)
    except OSError as error:
        if error.errno in FULL:
            sentence = "the disk is full; free some space, or write elsewhere"
            return _say(sentence, ResourceError.exit_code)
        if error.filename is None:
            raise
        return _say(f"{error.filename}: {error.strerror}", InputError.exit_code)
    return 0


def _interrupted() -> int:
    return _say("interrupted; nothing half-written was left behind", INTERRUPTED)


def _say(sentence: object, code: int) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return code


def _say_warnings(otherwise: Callable[..., None]) -> None:
    """Print what the library warns of as a note; other warnings are shown as they were."""

    def show(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:  # noqa: ANN401
        if issubclass(category, CentreShiftWarning | TableWarning):
            print(f"note: {message}", file=sys.stderr)
        else:
            otherwise(message, category, *where, **more)

    warnings.showwarning = show
