"""From arguments to an exit code: every refusal becomes one sentence on stderr."""

import errno
import sys
from collections.abc import Callable

from anyband_models.errors import INTERRUPTED, AnybandError, ResourceError, UsageError
from srf_library.errors import UnknownNameError


def run(command: Callable[[], object]) -> int:
    """Call a command that ends in `SystemExit`, and return the code to exit with.

    What the command refuses is said in one sentence; the codes are those of
    `anyband_models.errors`. Anything else that it raises is a fault of the program.
    """
    try:
        command()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            return _say("interrupted; nothing half-written was left behind", INTERRUPTED)
        return end.code if isinstance(end.code, int) else 0
    except AnybandError as error:
        return _say(error, error.exit_code)
    except UnknownNameError as error:
        return _say(error, UsageError.exit_code)
    except MemoryError:
        sentence = "there is not enough memory; close other programs, or cut the scene into parts"
        return _say(sentence, ResourceError.exit_code)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return _say("the disk is full; free some space, or write elsewhere", ResourceError.exit_code)
    return 0


def _say(sentence: object, code: int) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return code
