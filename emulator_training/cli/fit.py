"""`emulator-train fit`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer


def fit(
    simulation: Annotated[Path, typer.Argument(help="Folder that `simulate` has filled.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of weights and cards.")],
    config: Annotated[
        Path | None, typer.Option(help="JSON that differs from the recipe of what is shipped.")
    ] = None,
) -> None:
    """Fit the emulator, the inverse and the manifold; those that are there already stay."""
    from emulator_training.cli.progress import bar
    from emulator_training.fit.config_file import read_config
    from emulator_training.fit.recipe import FitConfig, fit_all
    from emulator_training.fit.training import Progress

    chosen = FitConfig() if config is None else read_config(config)
    with ExitStack() as shown:

        def progress(name: str) -> Progress:
            done = shown.enter_context(bar(name))
            return lambda epoch, epochs, loss: done(epoch, epochs)

        fitted = fit_all(simulation, output, chosen, progress)
    typer.echo(f"{output}: fitted {', '.join(fitted) or 'nothing: all are there'}")
