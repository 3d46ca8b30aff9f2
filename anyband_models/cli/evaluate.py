"""`anyband-zoo evaluate`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anyband_models.cli.options import (
    Json,
    NoData,
    Offset,
    QuantityOption,
    Scale,
    Wavelengths,
    Weights,
    learned,
    open_scene,
    reading,
)

if TYPE_CHECKING:
    from anyband_models.evaluation.evaluate import Record
    from anyband_models.evaluation.judged import Judged

COLUMNS = (
    "family",
    "model",
    "PSNR missing",
    "whole",
    "MPSNR",
    "RMSE",
    "SSIM",
    "SAM rad",
    "s",
)
SPREAD_COLUMNS = ("family", "model", "CRPS", "50 % holds", "90 % holds", "spread / error")
SPREAD_NOTE = (
    "CRPS in the unit of RMSE, lower is better; spread / error is 1 where the spread is honest; "
    "--json tells them by band and by distance to the nearest observed band"
)


class FitName(StrEnum):
    """What the model may learn from."""

    LEFT = "left"
    NONE = "none"


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", show_default=False)],
    scene: Annotated[
        Path,
        typer.Option(
            help="ENVI, GeoTIFF/COG, Zarr, .mat, .npz, PNG or JPEG; or indian-pines.",
            show_default=False,
        ),
    ],
    family: Annotated[
        list[str],
        typer.Option(
            help="random-P, gap-P, kN, pixel-P, stripes-P, sensor-ID or without-LOW-HIGH "
            "[nm]; may be repeated.",
            show_default=False,
        ),
    ],
    weights: Weights = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Masks are drawn with seeds 0 to SEEDS - 1.")
    ] = 5,
    fit: Annotated[
        FitName,
        typer.Option(
            help="left: the left half of the columns is support, the right half is judged. "
            "none: nothing but the judged half itself."
        ),
    ] = FitName.LEFT,
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    gate: Annotated[
        float | None,
        typer.Option(help="Exit with 7 if more than this many dB below linear in any family."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge a model: remove entries of a scene, repair them, score.

    Entries are removed by named families of masks, most of them seeded; `linear` is scored beside
    the model.
    """
    from anyband_models.cli.screen import print_json, print_table, step
    from anyband_models.damage.protocols import is_drawn
    from anyband_models.evaluation.evaluate import evaluate as judge

    with step(f"reading {scene.name}"):
        opened = open_scene(scene, reading(scale, offset, quantity, nodata, wavelengths))
    with step(f"judging {model} on {scene.name}"):
        result = judge(model, opened, family, seeds, fit.value, learned(weights, model))
    if as_json:
        print_json(result.model_dump())
    else:
        alike = "" if all(map(is_drawn, family)) else " (of 1 where no seed changes it)"
        note = (
            f"Means of {seeds} mask{'s' * (seeds > 1)}{alike}; PSNR over missing entries, "
            f"peak {result.peak:g} (range of the scene's {result.quantity})"
        )
        judged = [pair for record in result.records for pair in _pairs(model, record)]
        title = f"{model} on {scene.name}, fit {fit.value}"
        print_table(title, COLUMNS, [_row(*one[:2], _errors(one[2])) for one in judged], note)
        rows = [_row(*one[:2], _spread(one[2])) for one in judged]
        print_table("The same repairs: their spread", SPREAD_COLUMNS, rows, SPREAD_NOTE)
    if gate is not None:
        result.gate(gate)


def _pairs(model: str, record: "Record") -> list[tuple[str, str, "Judged"]]:
    return [(record.family, model, record), ("", "linear", record.linear)]


def _errors(scores: "Judged") -> tuple[tuple[float | None, str], ...]:
    return (
        (scores.psnr_missing, ".2f"), (scores.psnr_whole, ".2f"), (scores.mpsnr_missing, ".2f"),
        (scores.rmse_missing, ".4g"), (scores.ssim, ".4f"), (scores.sam, ".4f"),
        (scores.seconds, ".2f"),
    )  # fmt: skip


def _spread(scores: "Judged") -> tuple[tuple[float | None, str], ...]:
    return (
        (scores.crps, ".4g"), (scores.coverage_50, ".1%"), (scores.coverage_90, ".1%"),
        (scores.spread_skill, ".2f"),
    )  # fmt: skip


def _row(family: str, model: str, numbers: tuple[tuple[float | None, str], ...]) -> tuple[str, ...]:
    cells = ("-" if value is None else format(value, form) for value, form in numbers)
    return family, model, *cells
