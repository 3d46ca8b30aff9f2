"""The command `anyband-zoo`: one module a subcommand, no logic of its own.

Nothing slow is imported here or in the subcommands' modules; their functions import what they
need when they are called, so that ``--help`` answers at once.
"""

import sys

# What the extra `zoo` brings and a plain install lacks.
ZOO_ONLY = {"typer", "rich", "rasterio", "xarray", "pandas", "spectral", "h5py", "h5netcdf"} | {
    "matplotlib", "jinja2", "tensorly", "safetensors", "pooch",
}  # fmt: skip


def main() -> None:
    """Run the command and exit with the code that `anyband_models.errors` documents."""
    try:
        from anyband_models.cli.app import app
        from anyband_models.cli.run import run

        code = run(app)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ZOO_ONLY:
            raise
        print(
            f"anyband-zoo needs {error.name}, which a plain install leaves out; "
            "install it with: pip install 'anyband[zoo]'",
            file=sys.stderr,
        )
        code = 2
    sys.exit(code)
