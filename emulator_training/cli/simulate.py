"""`emulator-train simulate`."""

from pathlib import Path
from typing import Annotated

import typer

from emulator_training.seeds import LARGEST_SEED


def simulate(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the shards.")],
    count: Annotated[int, typer.Option("--n", min=1, help="How many spectra.")] = 100_000,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, help="Same seed, same canopies.")
    ] = 0,
    storage: Annotated[
        str, typer.Option(help="What is kept: full, sensor:ID, or pca:K scores.")
    ] = "pca:40",
    shard: Annotated[int, typer.Option(min=1, help="Spectra a file.")] = 1000,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes. [default: one a processor]")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A dask.distributed scheduler that does it instead."),
    ] = None,
) -> None:
    """Simulate canopies with PROSAIL; killed, the same command goes on where it was."""
    from emulator_training.amounts import duration, size
    from emulator_training.cli.progress import bar
    from emulator_training.runners import processors
    from emulator_training.shard import SimulationConfig
    from emulator_training.simulate import estimate
    from emulator_training.simulate import simulate as run

    config = SimulationConfig(count=count, seed=seed, storage=storage, shard=shard)
    processes = processors() if workers is None else workers
    cost = estimate(config, processes)
    typer.echo(
        f"{count} spectra, {storage}: {size(cost.bytes)}, about {duration(cost.seconds)} with "
        f"{processes} {'process' if processes == 1 else 'processes'} of this machine",
        err=True,
    )
    with bar("shards") as done:
        made = run(output, config, workers=processes, scheduler=scheduler, progress=done)
    typer.echo(f"{output}: {config.shards} shards, {made} of them new")
