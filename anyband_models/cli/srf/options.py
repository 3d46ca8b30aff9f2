"""Arguments that several subcommands of `srf` share."""

from pathlib import Path
from typing import Annotated

import typer

SensorName = Annotated[
    str,
    typer.Argument(
        metavar="SENSOR",
        help="A name from `srf list`, or a file: CSV, .xlsx, or an ENVI header with widths.",
        show_default=False,
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(help="Draw the responses into this file (.png, .svg or .pdf)."),
]
