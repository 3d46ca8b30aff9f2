"""Files beside an output that would change what it says, or would themselves be read otherwise."""

from pathlib import Path

from anyband_models.errors import UsageError
from anyband_models.scene.formats.envi_files import claimed, output_pair, own_header

# GDAL reads these together with x.tif: no-data, tags, a mask.
SIDECARS = (".aux.xml", ".msk", ".ovr")


def check_geotiff(final: Path) -> None:
    """Refuse to write beside a sidecar that would be read as part of the file.

    Raises:
        UsageError: naming it.
    """
    for suffix in SIDECARS:
        sidecar = final.with_name(final.name + suffix)
        if sidecar.exists():
            raise UsageError(
                f"{sidecar} stands there and would be read as part of {final.name}; "
                "remove it, or choose another name"
            )


def check_envi(final: Path) -> None:
    """Refuse to write a header that another cube would be read with, or the other way round.

    Raises:
        UsageError: naming the other file.
    """
    header, data = output_pair(final)
    other = next((path for path in claimed(header) if path != data), own_header(data))
    if other is not None and other != header:
        raise UsageError(
            f"{other} stands there and would be mixed up with {header.name} and {data.name}; "
            "choose another name"
        )
