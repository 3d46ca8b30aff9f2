"""`srf list`."""

from enum import StrEnum
from typing import Annotated

import typer

from anyband_models.cli.options import Json


class KindName(StrEnum):
    """How a sensor's responses are known."""

    MEASURED = "measured"
    GAUSSIAN = "gaussian"


def list_command(
    pattern: Annotated[
        str, typer.Argument(help="Shell-style pattern of ids, or a word to search for.")
    ] = "*",
    kind: Annotated[
        KindName | None, typer.Option(help="Measured curves, or Gaussians of centre and width.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the sensors of the library."""
    from anyband_models.cli.screen import as_words, print_json, print_table
    from anyband_models.jobs.responses import overview
    from srf_library.catalogue import not_shipped

    lines = overview(pattern, None if kind is None else kind.value)
    if as_json:
        print_json(lines)
        return
    columns = ("id", "sensor", "bands", "range [nm]", "kind", "known by")
    rows = [[as_words(value) for value in line.values()] for line in lines]
    elsewhere = f"Known, but not shipped; `srf show` says why: {', '.join(not_shipped())}."
    print_table(
        f"{len(rows)} sensors", columns, rows, elsewhere if pattern == "*" else "", len(columns)
    )
