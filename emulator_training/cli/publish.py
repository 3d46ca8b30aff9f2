"""`emulator-train publish`."""

from pathlib import Path
from typing import Annotated

import typer


def publish(
    weights: Annotated[Path, typer.Argument(help="Folder that `fit` has filled.")],
    report: Annotated[Path, typer.Option(help="Folder that `validate` has filled.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Where they go. [default: into the package]"),
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="A gate that may be missed; can be repeated.")
    ] = None,
) -> None:
    """Ship weights that keep the gates, with what was measured on their cards."""
    from emulator_training.publish import publish as run
    from emulator_training.weights import SHIPPED

    names = run(weights, report, output or SHIPPED, tuple(accept or ()))
    typer.echo(f"{output or SHIPPED}: {', '.join(names)}")
