"""`emulator-train validate`."""

from pathlib import Path
from typing import Annotated

import typer

from emulator_training.seeds import LARGEST_SEED


def validate(
    weights: Annotated[Path, typer.Argument(help="Folder that `fit` has filled.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the report.")],
    count: Annotated[int, typer.Option("--n", min=10, help="Held-out canopies, each kind.")] = 1000,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=LARGEST_SEED,
            help="Of the canopies' design. [default: the simulation's, of which the test split is "
            "held out; of any other all canopies are]",
        ),
    ] = None,
) -> None:
    """Measure the networks on canopies that they have not seen: JSON, and plots."""
    from emulator_training.validation.gates import GATES, missed
    from emulator_training.validation.report import validate as run

    accuracy = run(weights, output, count, lambda what: typer.echo(what, err=True), seed=seed)
    bad = missed(accuracy)
    typer.echo(f"{output}: {len(GATES) - len(bad)} of {len(GATES)} gates kept")
    for line in bad:
        typer.echo(f"missed: {line}")
