"""The command `emulator-train`: one module a subcommand, no logic of its own.

Nothing slow is imported here or in the subcommands' modules, so that ``--help`` answers at once.
"""

import sys

# What the extra `zoo` brings and a plain install lacks.
_ZOO_ONLY = {"typer", "rich", "matplotlib"}


def main() -> None:
    """Run `emulator-train`: the codes it exits with are in its help."""
    try:
        from emulator_training.cli.app import app
        from emulator_training.cli.run import run

        code = run(app)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _ZOO_ONLY:
            raise
        print(
            f"error: emulator-train needs {error.name}, which a plain install leaves out; "
            "install it with: pip install 'anyband[zoo,emulator]'",
            file=sys.stderr,
        )
        code = 2
    sys.exit(code)
