"""`anyband-zoo arena`."""

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from anyband_models.cli.evaluate import FitName
from anyband_models.cli.options import (
    Json,
    NoData,
    Offset,
    QuantityOption,
    Scale,
    Weights,
    reading,
)

FAMILIES = (
    "random-10", "random-50", "random-90", "gap-20", "k7", "k5", "k3", "pixel-30", "stripes-30",
)  # fmt: skip


def arena(
    scenes: Annotated[
        Path, typer.Option(help="Folder; every scene in it is judged on.", show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Folder for the files; made if not there.", show_default=False
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(help="May be repeated. [default: all of `list`]", show_default=False),
    ] = None,
    family: Annotated[
        list[str] | None,
        typer.Option(
            help=f"As for `evaluate`; may be repeated. [default: {' '.join(FAMILIES)}]",
            show_default=False,
        ),
    ] = None,
    fit: Annotated[
        list[FitName] | None,
        typer.Option(
            help="As for `evaluate`; may be repeated. [default: both]", show_default=False
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Masks are drawn with seeds 0 to SEEDS - 1.")
    ] = 3,
    weights: Weights = None,
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Start anew, whatever stands in the folder.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge every model on every scene of a folder: one table, one picture.

    What single files do not say of themselves, a readings.yaml in the folder may: a line each, as
    in "scene.npz: {scale: 0.0001, quantity: reflectance}".

    Writes arena.md, arena.json and arena.png after each scene. Given again, the command goes on
    where it was interrupted. What a model refuses, or cannot be read, is told in the table.
    """
    from anyband_models.cli.screen import print_json, print_table, print_words, tell
    from anyband_models.jobs.arena.judging import Contest, with_baseline
    from anyband_models.jobs.arena.means import fits
    from anyband_models.jobs.arena.page import MOST, SUPPORT, headings, summary
    from anyband_models.jobs.arena.run import arena as judged
    from anyband_models.models.registry import list_models

    contest = Contest(
        with_baseline(model or list_models()),
        tuple(dict.fromkeys(family or FAMILIES)),
        tuple(dict.fromkeys(one.value for one in fit or FitName)),
        seeds,
        weights,
    )
    said = reading(scale, offset, quantity, nodata, None)
    command = shlex.join(["anyband-zoo", *sys.argv[1:]])
    results, files = judged(scenes, contest, said, output, command, overwrite, tell)
    if as_json:
        print_json(json.loads(results.text()) | {"files": [str(path) for path in files]})
        return
    columns = ("removed", "model", "scenes", *headings(MOST))
    for kind in fits(results):
        print_table(SUPPORT[kind], columns, summary(results, kind), words=2)
    if results.unread:
        print_words("Not judged", ("scene", "why"), sorted(results.unread.items()))
    print_table("Files", ("written",), [(str(path),) for path in files])
