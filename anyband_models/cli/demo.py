"""`anyband-zoo demo`."""

from pathlib import Path
from typing import Annotated

import typer

from anyband_models.cli.options import Json, Seed


def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the files.")] = Path(
        "demo"
    ),
    model: Annotated[str, typer.Option(help="A name from `anyband-zoo list`.")] = "anyband",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Damage a real scene, repair it, compare it with interpolation.

    Writes the repaired cube, its layers and report.html into a folder, over an earlier run's.
    """
    from anyband_models.cli.screen import print_json, print_table, step

    with step("repairing Indian Pines"):
        from anyband_models.jobs.demo import SCENE, make_demo

        result = make_demo(output, model, seed)
    if as_json:
        print_json(result.summary)
        return
    table = result.table
    print_table(f"{SCENE}, repaired", table.columns, table.rows, table.note)
    print_table("Files", ("written",), [(str(path),) for path in result.files])
