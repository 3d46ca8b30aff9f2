"""The commands `anyband-zoo`, `srf` and `physops`: one module a subcommand, no logic of its own.

Nothing slow is imported here or in the subcommands' modules; their functions import what they
need when they are called, so that ``--help`` answers at once.
"""

import sys
from importlib import import_module

# What the extra `zoo` brings and a plain install lacks.
ZOO_ONLY = {"typer", "rich", "rasterio", "xarray", "pandas", "spectral", "h5py", "h5netcdf"} | {
    "matplotlib", "jinja2", "tensorly", "pooch", "yaml",
}  # fmt: skip


def main() -> None:
    """Run `anyband-zoo` and exit with the code that `anyband_models.errors` documents."""
    _start("anyband-zoo", "anyband_models.cli.app")


def srf() -> None:
    """Run `srf` and exit likewise."""
    _start("srf", "anyband_models.cli.srf.app")


def physops() -> None:
    """Run `physops` and exit likewise."""
    _start("physops", "anyband_models.cli.physops.app")


def _start(command: str, module: str) -> None:
    try:
        from anyband_models.cli.run import run

        code = run(import_module(module).app)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ZOO_ONLY:
            raise
        print(
            f"{command} needs {error.name}, which a plain install leaves out; "
            "install it with: pip install 'anyband[zoo]'",
            file=sys.stderr,
        )
        code = 2
    sys.exit(code)
