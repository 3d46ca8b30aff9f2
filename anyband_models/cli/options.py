"""Options that several subcommands share, each documented once."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from anyband_models.scene.scene import Scene


class QuantityName(StrEnum):
    """What the values of a scene are."""

    REFLECTANCE = "reflectance"
    RADIANCE = "radiance"
    DN = "dn"


ScenePath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENE",
        help="ENVI, GeoTIFF/COG, Zarr, .mat, .npz, PNG or JPEG; or indian-pines.",
        show_default=False,
    ),
]
UnusedBands = Annotated[
    str,
    typer.Option(
        "--bad-bands",
        help="Bands not to use besides those the file marks: "
        "1350-1450nm,12,30-33 (numbers from 1).",
        show_default=False,
    ),
]
Scale = Annotated[
    float | None,
    typer.Option(help="Reflectance = stored x SCALE + OFFSET, where the file does not say so."),
]
Offset = Annotated[float | None, typer.Option(help="See --scale.")]
QuantityOption = Annotated[
    QuantityName | None,
    typer.Option(
        "--quantity",
        help="What the values are. [default: what the file says, or reflectance]",
        show_default=False,
    ),
]
NoData = Annotated[
    float | None, typer.Option("--nodata", help="Stored value that stands for no data.")
]
Wavelengths = Annotated[
    Path | None,
    typer.Option(help="Text file with one band centre a line [nm or um], where the file has none."),
]
Weights = Annotated[
    Path | None,
    typer.Option(
        help="Of a model that learns: its JSON file, or the folder of a training run. "
        "[default: those that ship]",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Same seed, same scene, same result.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")]


def reading(
    scale: float | None,
    offset: float | None,
    quantity: QuantityName | None,
    nodata: float | None,
    wavelengths: Path | None,
) -> dict[str, Any]:
    """Return the options above as `read_scene` takes them."""
    from anyband_models.scene.wavelengths import read_wavelength_table

    return {
        "scale": scale,
        "offset": offset,
        "quantity": None if quantity is None else quantity.value,
        "nodata": nodata,
        "wavelengths": None if wavelengths is None else read_wavelength_table(wavelengths),
    }


def learned(weights: Path | None, model: str) -> dict[str, Any]:
    """Return the option above as settings of a model; one that takes no weights will refuse it."""
    from anyband_models.models.registry import WEIGHTS

    return {} if weights is None else {WEIGHTS.get(model, "weights"): str(weights)}


def open_scene(path: Path, options: dict[str, Any]) -> "Scene":
    """Return a scene by its file or its name; see `anyband_models.scene.opening`."""
    from anyband_models.scene.opening import open_scene as opened

    return opened(path, **options)
