"""`anyband-zoo generate`."""

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
    Seed,
    Wavelengths,
    Weights,
    learned,
    open_scene,
    reading,
)


class SamplerName(StrEnum):
    """How samples come down the ladder of noise."""

    ANCESTRAL = "ancestral"
    DDIM = "ddim"
    DPM = "dpm++"
    HEUN = "heun"


class ThroughName(StrEnum):
    """What the gradient of physics is taken by."""

    CLEAN = "clean"
    NETWORK = "network"


def generate(
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="Folder for the files; made if not there.", show_default=False
        ),
    ],
    model: Annotated[str, typer.Option(help="A name from `anyband-zoo list`.")] = "anyband-diff",
    weights: Weights = None,
    like: Annotated[
        Path | None, typer.Option(help="A scene of which bands are given.", show_default=False)
    ] = None,
    bands: Annotated[
        str,
        typer.Option(
            help="With --like, the bands that are given; without, those that are made: 3,17,42, "
            "660-680nm, rgb, pan or a sensor of `srf list`. [default: all]",
            show_default=False,
        ),
    ] = "",
    physics: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=NUMBER, NAME=MAP or NAME=SCENE, as ndvi=map.tif: what an operator of "
            "`physops list` should give; valid_range alone. May be repeated.",
            show_default=False,
        ),
    ] = None,
    guidance: Annotated[
        float, typer.Option(min=0, help="How strongly physics guides (s of the paper's Eq. 4).")
    ] = 1.0,
    through: Annotated[
        ThroughName,
        typer.Option(help="Gradient by the clean image, or back through the network (Eq. 3)."),
    ] = ThroughName.CLEAN,
    rows: Annotated[
        int,
        typer.Option(
            min=0, help="Of the samples. [default: of the map, or 64]", show_default=False
        ),
    ] = 0,
    cols: Annotated[int, typer.Option(min=0, help="See --rows.", show_default=False)] = 0,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many samples.")] = 8,
    steps: Annotated[int, typer.Option(min=1, help="Of the sampler.")] = 10,
    sampler: Annotated[SamplerName, typer.Option(help="How samples are drawn.")] = SamplerName.DPM,
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    seed: Seed = 0,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Make images from some bands of a scene, from what physics asks, or from nothing.

    Writes each sample as GeoTIFF, contact.png to look at, and manifest.json.
    """
    from anyband_models.cli.screen import print_json, print_words, step
    from anyband_models.jobs.generate import GenerateConfig, run_generate

    config = GenerateConfig(
        model=model, **learned(weights, model), bands=bands, physics=tuple(physics or ()),
        rows=rows,
        cols=cols, count=count, seed=seed, steps=steps, sampler=sampler.value, guidance=guidance,
        through=through.value,
    )  # fmt: skip
    scene = None
    if like is not None:
        with step(f"reading {like.name}"):
            scene = open_scene(like, reading(scale, offset, quantity, nodata, wavelengths))
    inputs = [path for path in (wavelengths,) if path is not None]
    with step(f"making {count} samples with {model}"):
        result = run_generate(config, scene, output, overwrite, inputs)
    if as_json:
        print_json(result.summary | {"files": [str(path) for path in result.files]})
        return
    print_words(str(output), ("sample", "physics loss, unguided → guided"), result.rows())
