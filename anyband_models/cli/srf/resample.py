"""`srf resample`."""

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
    Scale,
    ScenePath,
    UnusedBands,
    Wavelengths,
    open_scene,
    reading,
)
from anyband_models.cli.srf.options import SENSOR, Sheet, Unit


class MethodName(StrEnum):
    """How a spectrum runs between the scene's bands."""

    CUBIC = "integral-cubic"
    LINEAR = "integral-linear"
    BIN = "bin"
    POINT = "point"


class PartialName(StrEnum):
    """What becomes of a band that the scene does not cover."""

    NAN = "nan"
    RAISE = "raise"
    RENORMALISE = "renormalise"


def resample(
    scene: ScenePath,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="SENSOR",
            help=SENSOR,
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="Where the resampled cube goes: .tif, or ENVI (.hdr, .img).",
            show_default=False,
        ),
    ],
    method: Annotated[
        MethodName, typer.Option(help="How the spectrum runs between the scene's bands.")
    ] = MethodName.CUBIC,
    on_partial: Annotated[
        PartialName,
        typer.Option(
            help="A band of which the scene covers less than 98 %: no data, refuse, or the mean "
            "over what is covered."
        ),
    ] = PartialName.NAN,
    bad_bands: UnusedBands = "",
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    fwhm: Annotated[
        float | None,
        typer.Option(help="Width of all the scene's bands [nm], where the file gives none."),
    ] = None,
    sheet: Sheet = "",
    unit: Unit = "",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Resample a scene to the bands of a sensor.

    The scene's own wavelengths and widths count; bands that it marks bad, or that are empty, are
    not used. The cube is float32 with NaN for no data, on
    the scene's grid; a manifest beside it says how each band was made. The exit code is 6 if
    the sensor has bands that the scene does not cover.
    """
    from anyband_models.cli.screen import print_json, print_table, step, warn
    from anyband_models.jobs.repair import find_damage
    from anyband_models.jobs.resample import run_resample
    from anyband_models.jobs.responses import find_sensor
    from anyband_models.scene.resampling import with_width

    sensor = find_sensor(to, sheet, unit)  # a wrong name is answered before a large scene is read
    inputs = [path for path in (Path(to), wavelengths) if path is not None]
    with step(f"reading {scene.name}"):
        opened = open_scene(scene, reading(scale, offset, quantity, nodata, wavelengths))
        opened = with_width(opened, fwhm)
        damage = find_damage(opened, bad_bands, None)
    with step(f"resampling {scene.name} to {sensor.title}"):
        result = run_resample(
            opened, damage, sensor, output, method.value, on_partial.value, overwrite, inputs
        )
    warn(result.notes)
    if as_json:
        import json

        print_json(json.loads(result.files[-1].read_text(encoding="utf-8")))
    else:
        columns = ("band", "centroid [nm]", "FWHM [nm]", "covered [%]", "noise gain")
        print_table(f"{output}, as {sensor.title}", columns, result.rows())
    raise typer.Exit(result.exit_code)
