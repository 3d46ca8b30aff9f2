"""Arguments that several subcommands of `physops` share."""

from typing import Annotated

import typer

SensorOption = Annotated[
    str | None,
    typer.Option(
        "--sensor",
        metavar="SENSOR",
        help="Whose bands these are: a name from `srf list`, or a file with responses. A scene's "
        "own wavelengths count more.",
        show_default=False,
    ),
]
