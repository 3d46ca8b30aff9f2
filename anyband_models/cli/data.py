"""`anyband-zoo data get | list`."""

from pathlib import Path
from typing import Annotated

import typer

from anyband_models.cli.new_app import new_app

app = new_app(
    name="data",
    help="Fetch the field's open scenes from where they stand.",
    epilog="Nothing of them ships with anyband; mind the terms of each page.",
)


@app.command()
def get(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="As `data list` says.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the file; made if it is not there.")
    ] = Path("data"),
) -> None:
    """Fetch a scene; stopped, the same command goes on where it was."""
    from anyband_models.cli.screen import step
    from anyband_models.jobs.data import fetch

    with step(f"fetching {name}"):
        got = fetch(name, folder)
    typer.echo(f"{got.scene}{'' if got.new else ' was there already'}")
    if got.wavelengths is None:
        typer.echo(
            f"its page lists no band centres: pass --wavelengths with your own table "
            f"({got.dataset.page})",
            err=True,
        )
    else:
        if got.dataset.spectrum is not None:
            typer.echo("its page lists no band centres: even steps are assumed", err=True)
        typer.echo(f"--wavelengths {got.wavelengths}")


@app.command(name="list")
def list_command() -> None:
    """List the scenes that can be fetched."""
    from anyband_models.cli.screen import print_words
    from anyband_models.scene.datasets import DATASETS

    rows = [
        (each.name, " x ".join(map(str, each.shape)), each.title, each.page)
        for each in DATASETS.values()
    ]
    print_words("Scenes", ("name", "bands x rows x columns", "what", "page"), rows)
