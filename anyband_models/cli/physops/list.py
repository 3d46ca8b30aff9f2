"""`physops list`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from anyband_models.cli.options import Json
from anyband_models.cli.physops.options import SensorOption

SHOWN = 40  # characters of a formula


def list_command(
    pattern: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATTERN", help="Shell-style pattern of names, or words to search for."
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only of this kind: index or resampling.", show_default=False)
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(help="Only for this: vegetation, water, soil, snow, ...", show_default=False),
    ] = None,
    sensor: SensorOption = None,
    wavelengths: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Only what bands there allow: a text file, one band centre a line [nm or um].",
        ),
    ] = None,
    scene: Annotated[
        Path | None,
        typer.Option("--for", metavar="SCENE", help="Only what the bands of this scene allow."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the operators; with --sensor, --wavelengths or --for, those that can be computed.

    Of a scene only the header is read: bands that turn out to be empty are found by `compute`.
    Plugins have no card until they are built, and are listed by their names alone.
    """
    from anyband_models.cli.screen import print_json, print_table
    from anyband_models.jobs.index_cards import overview
    from anyband_models.jobs.scene_bands import named_bands

    lines = overview(
        " ".join(pattern or ["*"]), kind, domain, named_bands(scene, sensor, wavelengths)
    )
    if as_json:
        print_json(lines)
        return
    rows = [
        (
            line["name"],
            line["title"] or "(offered by a plugin)",
            line["domain"] or "",
            _cut(line["formula"] or ""),
            _needs(line),
        )
        for line in lines
    ]
    columns = ("name", "title", "domain", "formula", "needs")
    note = "`physops show NAME` tells the rest." if rows else ""
    print_table(f"{len(rows)} operator{'s' * (len(rows) != 1)}", columns, rows, note, len(columns))


def _needs(line: dict[str, Any]) -> str:
    needs = ", ".join(line["operands"] or ())
    return f"{needs}; reflectance" if (line["scale"] or "").startswith("needs") else needs


def _cut(formula: str) -> str:
    return formula if len(formula) <= SHOWN else formula[: SHOWN - 4] + " ..."
