"""From what a command raises to what a person reads and a script gets."""

import errno

import pytest

from anyband_models.cli.run import run
from anyband_models.errors import (
    InputError,
    ModelError,
    QualityError,
    ResourceError,
    ScaleError,
    UnknownModelError,
    UsageError,
)
from physops.errors import (
    ClashingPluginsError,
    MissingOperandError,
    ParameterError,
    PluginError,
    UnknownConstantError,
)
from srf_library.errors import UnknownNameError


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (InputError("x"), 3),
        (ScaleError("x"), 3),
        (ModelError("x"), 4),
        (UnknownModelError("x", ["y"]), 4),
        (ResourceError("x"), 5),
        (QualityError("x"), 7),
        (UnknownNameError("a sensor", "x", ["y"]), 2),
        (UnknownConstantError("L", []), 2),
        (ParameterError("L", "x", "a number"), 2),
        (MissingOperandError("EVI", ["B"], "give it"), 3),
        (PluginError("x", "d 1.0", "d:x", "ImportError: y"), 4),
        (ClashingPluginsError("x", ["d 1.0", "e 2.0"]), 4),
        (MemoryError(), 5),
        (OSError(errno.ENOSPC, "full"), 5),
        (OSError(errno.EDQUOT, "full"), 5),
        (OSError(errno.EFBIG, "full"), 5),
        (PermissionError(errno.EACCES, "Permission denied", "/a/file"), 3),
        (OSError(errno.ENAMETOOLONG, "File name too long", "a" * 300), 3),
        (KeyboardInterrupt(), 130),
        (SystemExit(130), 130),
    ],
)
def test_a_refusal_is_one_sentence_and_a_code(capsys, error, code):
    assert run(raising(error)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert err.strip() != "error:"


@pytest.mark.parametrize(("end", "code"), [(0, 0), (None, 0), (2, 2), (6, 6)])
def test_an_end_keeps_its_code(capsys, end, code):
    assert run(raising(SystemExit(end))) == code
    assert capsys.readouterr() == ("", "")


def test_a_command_that_returns_is_done():
    assert run(lambda: None) == 0


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), AssertionError("x")])
def test_a_fault_of_the_program_is_not_hidden(error):
    with pytest.raises(type(error)):
        run(raising(error))
