"""Arguments that several subcommands of `srf` share."""

from pathlib import Path
from typing import Annotated

import typer

SENSOR = "A name from `srf list`, or a file: CSV, .xlsx, or an ENVI header with widths."
SensorName = Annotated[str, typer.Argument(metavar="SENSOR", help=SENSOR, show_default=False)]
Plot = Annotated[
    Path | None,
    typer.Option(help="Draw the responses into this file (.png, .svg or .pdf)."),
]
Sheet = Annotated[
    str, typer.Option(help="Sheet of a workbook, where several hold responses.", show_default=False)
]
Unit = Annotated[
    str,
    typer.Option(
        help="Unit of the wavelengths of a file with responses: nm, um or angstrom. "
        "[default: what the file says]",
        show_default=False,
    ),
]
