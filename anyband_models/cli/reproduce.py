"""`anyband-zoo reproduce`."""

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from anyband_models.cli.options import (
    Json,
    NoData,
    Offset,
    Overwrite,
    QuantityOption,
    Wavelengths,
    open_scene,
    reading,
)


class TableName(StrEnum):
    """A table of the paper."""

    MASKING = "table2"
    INDICES = "table3"
    ABLATION = "table4"
    COST = "table5"
    GUIDANCE = "table7"


class Size(StrEnum):
    """How much a table may cost."""

    TINY = "tiny"
    SMALL = "small"
    PAPER = "paper"


def reproduce(
    table: Annotated[TableName, typer.Argument(show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Folder for the files; made if not there.", show_default=False
        ),
    ],
    size: Annotated[
        Size,
        typer.Option("--scale", help="tiny: minutes, shows that it runs; small; paper: A.4's."),
    ] = Size.SMALL,
    scene: Annotated[
        Path | None,
        typer.Option(
            help="Its left half is trained on, its right judged. [default: Indian Pines]",
            show_default=False,
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            help="A model's JSON, or the folder of a training run, trained on the left half; one "
            "is trained, if left out.",
            show_default=False,
        ),
    ] = None,
    training_steps: Annotated[
        int | None, typer.Option(min=1, help="In place of the scale's own.", show_default=False)
    ] = None,
    value_scale: Annotated[
        float | None, typer.Option(help="Reflectance = stored x VALUE_SCALE + OFFSET.")
    ] = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Measure a table of the paper again, and write it beside the paper's numbers.

    Writes Markdown and JSON. Both metric conventions, the paper's and ours, stand in each table.
    """
    from anyband_models.cli.screen import print_json, print_table, step
    from anyband_models.jobs.reproduce.run import reproduce as measured

    opened = None
    if scene is not None:
        with step(f"reading {scene.name}"):
            opened = open_scene(scene, reading(value_scale, offset, quantity, nodata, wavelengths))
    command = shlex.join(["anyband-zoo", *sys.argv[1:]])
    inputs = [path for path in (weights, wavelengths) if path is not None]
    with step(f"measuring {table.value}"):
        found, files = measured(
            table.value, size.value, opened, weights, output, command, overwrite, inputs,
            training_steps,
        )  # fmt: skip
    if as_json:
        print_json(found.told() | {"files": [str(path) for path in files]})
        return
    print_table(found.title, found.columns, found.cells(), " ".join(found.notes))
    print_table("Files", ("written",), [(str(path),) for path in files])
