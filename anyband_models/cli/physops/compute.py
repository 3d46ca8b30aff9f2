"""`physops compute`."""

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
    UnusedBands,
    Wavelengths,
    open_scene,
    reading,
)
from anyband_models.cli.physops.options import SensorOption


def compute(
    name: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME", help="Indices, by names from `physops list`.", show_default=False
        ),
    ],
    scene: ScenePath,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="Where the image goes, a band an index: .tif, or ENVI (.hdr, .img).",
            show_default=False,
        ),
    ],
    sensor: SensorOption = None,
    const: Annotated[
        list[str] | None,
        typer.Option(
            "--const",
            metavar="NAME=NUMBER",
            help="Another value for a constant of the formulas; may be repeated.",
            show_default=False,
        ),
    ] = None,
    fill: Annotated[float, typer.Option(help="What stands for no data in the image.")] = float(
        "nan"
    ),
    bad_bands: UnusedBands = "",
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which bands would be taken, and write nothing.")
    ] = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Compute spectral indices of a scene.

    The image is float32 on the scene's grid, one band an index and called by its name; a manifest
    beside it holds formulas, bands and settings. Bands that the scene marks bad, or that are empty,
    are not used; a pixel without a value gets the fill. The exit code is 6 if an index has no
    value in any pixel.
    """
    from anyband_models.cli.screen import print_json, print_table, print_words, step, warn
    from anyband_models.jobs.index_images import check_output, run_indices
    from anyband_models.jobs.index_job import index_names, parse_constants, prepare
    from anyband_models.jobs.repair import find_damage
    from anyband_models.jobs.responses import find_sensor
    from anyband_models.jobs.scene_bands import stated_wavelengths

    names = index_names(name)  # a wrong name is answered before a large scene is read
    constants = parse_constants(const or [])
    options = reading(scale, offset, quantity, nodata, wavelengths)
    named = None if sensor is None else find_sensor(sensor)
    options["wavelengths"], own = stated_wavelengths(scene, named, options["wavelengths"])
    inputs = [path for path in (Path(sensor or ""), wavelengths) if path and path.is_file()]
    with step(f"reading {scene.name}"):
        opened = open_scene(scene, options)
        check_output(opened, output, overwrite, inputs)
        job = prepare(opened, find_damage(opened, bad_bands, None), names, constants, own)
    if dry_run:
        if as_json:
            print_json(job.indices)
        else:
            print_words("Nothing was done", ("index", "formula", "bands"), job.rows())
        return
    with step(f"computing {', '.join(names[:3])} of {scene.name}"):
        result = run_indices(job, output, fill, overwrite, inputs)
    warn(result.notes)
    if as_json:
        import json

        print_json(json.loads(result.files[-1].read_text(encoding="utf-8")))
    else:
        columns = ("index", "bands", "1 %", "median", "99 %", "known [%]")
        print_table(f"{output}", columns, result.rows(), words=2)
    raise typer.Exit(result.exit_code)
