"""`anyband-zoo repair`."""

from pathlib import Path
from typing import Annotated

import typer

from anyband_models.cli.options import (
    Json,
    NoData,
    Offset,
    Overwrite,
    QuantityOption,
    Scale,
    ScenePath,
    Seed,
    Wavelengths,
    Weights,
    learned,
    open_scene,
    reading,
)


def repair(
    scene: ScenePath,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="Where the full cube goes: .tif, or ENVI (.hdr, .img). Its layers go beside it.",
            show_default=False,
        ),
    ],
    model: Annotated[str, typer.Option(help="A name from `anyband-zoo list`.")] = "anyband",
    weights: Weights = None,
    bad_bands: Annotated[
        str,
        typer.Option(
            help="Bands to repair besides those the file marks: "
            "1350-1450nm,12,30-33 (numbers from 1).",
            show_default=False,
        ),
    ] = "",
    mask: Annotated[
        Path | None,
        typer.Option(
            help="Mask of missing entries: .npz with 'mask', or GeoTIFF; not 0 = missing."
        ),
    ] = None,
    max_gap: Annotated[
        float | None,
        typer.Option(
            help="Refuse to interpolate across a gap wider than this [nm]; refused entries are "
            "marked, and the exit code is 6."
        ),
    ] = None,
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a page to look at, one HTML file.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    seed: Seed = 0,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Fill missing and damaged bands; leave measured values as they were.

    Beside the cube come its layers (provenance, caution, standard deviation) and a manifest.
    """
    from anyband_models.cli.screen import print_json, print_words, step, warn
    from anyband_models.jobs.repair import check_outputs, find_damage, plan_rows, run_repair
    from anyband_models.models.registry import get_model
    from anyband_models.repair.config import RepairConfig
    from anyband_models.repair.plan import make_plan

    get_model(model)  # a wrong name is answered before a large scene is read
    settings = learned(weights, model)
    config = RepairConfig(model=model, settings=settings, max_gap_nm=max_gap, seed=seed)
    inputs = [path for path in (mask, wavelengths) if path is not None]
    with step(f"reading {scene.name}"):
        opened = open_scene(scene, reading(scale, offset, quantity, nodata, wavelengths))
        damage = find_damage(opened, bad_bands, mask)
        check_outputs(opened, output, report, overwrite, inputs)
    if dry_run:
        plan = make_plan(opened, damage, config)
        if as_json:
            print_json(plan.model_dump())
        else:
            print_words("Nothing was done", ("", ""), plan_rows(plan))
        return
    with step(f"repairing {scene.name} with {model}"):
        result = run_repair(opened, damage, config, output, report, overwrite, inputs)
    warn(result.notes)
    if as_json:
        print_json(result.summary)
    else:
        print_words(str(output), ("", ""), result.rows())
    raise typer.Exit(result.exit_code)
