"""`anyband-zoo train`."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from anyband_models.cli.options import Json, NoData, Offset, QuantityOption, Scale, Wavelengths


class RegionName(StrEnum):
    """What of a scene is learned from."""

    ALL = "all"
    LEFT = "left"


def train(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the run.", show_default=False)
    ],
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG.yaml", help="Settings, instead of a preset's.", show_default=False
        ),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="tiny, small, base, paper or anyband.", show_default=False)
    ] = None,
    scene: Annotated[
        list[Path] | None,
        typer.Option(
            help="ENVI, GeoTIFF/COG, Zarr, .mat, .npz, PNG or JPEG, a folder of them, or "
            "indian-pines; may be repeated.",
            show_default=False,
        ),
    ] = None,
    region: Annotated[
        RegionName | None,
        typer.Option(help="left: no pixel of the right half is learned from.", show_default=False),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="How many steps.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Of weights, patches, masks and noise.", show_default=False),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder, if there is one.")
    ] = False,
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    windows: Annotated[
        bool | None,
        typer.Option(
            "--windows",
            help="Leave scenes in their files; read patches as they are drawn.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Preset anyband: folder of libraries/ and scenes. [default: ANYBAND_DATA]",
            show_default=False,
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Preset anyband: to learn from. [default: 4000]",
            show_default=False,
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, help="Preset anyband: that make examples. [default: 1]", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train weights: of anyband-diff for the bands of a scene, or of anyband for any bands.

    Writes checkpoints, progress.jsonl, run.html and the model into a folder; progress is told on
    stderr. Several processes, started by torchrun, share each batch of anyband-diff.
    """
    from anyband_models.cli.screen import print_json, print_table, tell
    from anyband_models.jobs.train import run_training
    from anyband_models.jobs.train_anyband import PRESET, meant, refuse
    from anyband_models.jobs.train_config import chosen_config

    reading = {
        "scale": scale,
        "offset": offset,
        "quantity": None if quantity is None else quantity.value,
        "nodata": nodata,
        "wavelengths": None if wavelengths is None else str(wavelengths),
        "windows": windows,
    }
    if meant(preset, config, output, resume):
        others: dict[str, object] = {"a config": config, "--scene": tuple(scene or ())}
        others |= {"--region": region}
        others |= {f"--{name}": value for name, value in reading.items()}
        refuse(others, f"--preset {PRESET}, which learns from the folder that --data names")
        wanted = {"examples": examples, "steps": steps, "seed": seed}
        _train_anyband(wanted, data, processes or 1, output, resume, as_json)
        return
    ours = {"--data": data, "--examples": examples, "--processes": processes}
    refuse(ours, f"any preset but {PRESET}; leave it out, or choose that")
    changes = {"region": None if region is None else region.value, "steps": steps, "seed": seed}
    settings = chosen_config(config, preset, scene or (), reading, changes, output, resume)
    result = run_training(settings, output, resume, tell)
    if result is None:
        return
    if as_json:
        print_json(result.summary)
        return
    rows = [
        (family, f"{s['model']:.2f}", f"{s['linear']:.2f}", f"{s['model'] - s['linear']:+.2f}")
        for family, s in result.validation.items()
    ]
    if rows:
        columns = ("masks", "model", "linear", "above")
        print_table("PSNR on held-out rows, missing entries [dB]", columns, rows)
    print_table("Files", ("written",), [(str(path),) for path in result.files])


def _train_anyband(
    changes: Mapping[str, object],
    data: Path | None,
    processes: int,
    output: Path,
    resume: bool,
    as_json: bool,
) -> None:
    """Train what `--preset anyband` asks for."""
    from anyband_models.cli.screen import print_json, print_table, tell
    from anyband_models.jobs import train_anyband as job
    from anyband_models.training.anyband.recipe import Data

    config = job.chosen_recipe(changes, output, resume)
    command = " ".join(["anyband-zoo", *sys.argv[1:]])
    result = job.run_recipe(config, output, lambda: Data.read(data), processes, tell, command)
    if as_json:
        print_json(result.summary)
        return
    columns = ("masks/prior from", "dB over the prior", "in 90 %")
    print_table("Examples that were held out", columns, job.rows(result.scores))
    print_table("Files", ("written",), [(str(path),) for path in result.files])
