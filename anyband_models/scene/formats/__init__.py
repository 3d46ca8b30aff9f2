"""File formats: one file each; the format is told by a file's first bytes, never by its name."""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.errors import InputError, UsageError
from anyband_models.files import Stage
from anyband_models.scene.formats import (
    bystanders,
    envi,
    envi_fields,
    geotiff,
    geotiff_output,
    matlab,
    npz,
    picture,
    zarr_arrays,
    zarr_store,
)
from anyband_models.scene.formats.envi_files import DATA_SUFFIXES, output_pair, pair
from anyband_models.scene.formats.header import SceneHeader
from anyband_models.scene.formats.memory import check_memory
from anyband_models.scene.formats.options import ReadOptions
from anyband_models.scene.formats.sniff import sniff
from anyband_models.scene.scene import Scene, make_scene
from anyband_models.scene.wavelengths import centres_in_nm, widths_in_nm
from anyband_models.scene.windows import WindowedScene

READERS = {
    "ENVI": envi.read_header,
    "GTiff": geotiff.read_header,
    "MAT5": matlab.read_header_5,
    "MAT73": matlab.read_header_73,
    "NPZ": npz.read_header,
    "PNG": picture.read_header_png,
    "JPEG": picture.read_header_jpeg,
    "Zarr": zarr_store.read_header,
}
GEOTIFF_SUFFIXES = (".tif", ".tiff")
ENVI_SUFFIXES = (".hdr", *DATA_SUFFIXES)


def read_header(path: Path | str) -> SceneHeader:
    """Return shape, type and bands of a scene without reading its pixels.

    Raises:
        InputError: if there is no such file, or it cannot be read.
    """
    path = Path(path)
    return READERS[sniff(path)](path)


def read_scene(
    path: Path | str,
    *,
    scale: float | None = None,
    offset: float | None = None,
    quantity: str | None = None,
    nodata: float | int | None = None,
    wavelengths: np.ndarray | None = None,
) -> Scene:
    """Read a scene; what is stated here counts more than what the file says.

    Args:
        path: a GeoTIFF, ENVI (header or data), MATLAB, .npz, PNG or JPEG file, or the folder of
            a Zarr store.
        scale: value = stored x scale + offset [quantity per stored unit].
        offset: see ``scale`` [quantity].
        quantity: reflectance, radiance or dn.
        nodata: the stored value that stands for "no data".
        wavelengths: band centres [nm or µm, told by their size].

    Raises:
        InputError: if the file cannot be read, or its wavelengths are missing or impossible.
        ResourceError: if the scene does not fit into memory; nothing has been allocated then.
        UsageError: if an option cannot be meant.
    """
    options = ReadOptions(scale, offset, quantity, nodata, wavelengths)
    header = options.applied(read_header(path))
    centres, widths, good = _checked_bands(header, str(path))
    check_memory(header.shape, header.dtype, str(path))
    return make_scene(header.load(), header.meta, centres, widths, good)


def open_windows(path: Path | str, **options: Any) -> WindowedScene:  # noqa: ANN401  (checked there)
    """Open a scene whose pixels are read when they are asked for.

    Args:
        path: a GeoTIFF, ENVI, PNG, JPEG or Zarr file.
        options: as `read_scene` takes them.

    Raises:
        InputError: as `read_scene` does, or if the format is read as a whole only.
        UsageError: if an option cannot be meant.
    """
    header = ReadOptions(**options).applied(read_header(path))
    if header.window is None:
        raise InputError(
            f"{path} cannot be read window by window; save it as GeoTIFF, ENVI or Zarr, or let "
            "scenes be read as a whole"
        )
    bands = _checked_bands(header, str(path))
    return WindowedScene(header.shape, header.meta, *bands, header.window)


def check_writable(scene: Scene, path: Path | str) -> None:
    """Accept a scene and an output name that go together, before any work is done.

    Raises:
        UsageError: if the name has another suffix, or the format cannot hold the scene.
    """
    path = Path(path)
    _check_suffix(path)
    if path.suffix.lower() in GEOTIFF_SUFFIXES:
        geotiff_output.check_writable(scene)
        bystanders.check_geotiff(path)
    else:
        envi_fields.check_writable(scene)
        bystanders.check_envi(path)


def write_scene(scene: Scene, path: Path | str, stage: Stage) -> None:
    """Write a scene's stored numbers, and all that is known of them, in the format of a name.

    Raises:
        UsageError: if the name has another suffix, or the format cannot hold the scene.
        ResourceError: if it could not be written.
    """
    path = Path(path)
    _check_suffix(path)
    writer = geotiff_output if path.suffix.lower() in GEOTIFF_SUFFIXES else envi
    writer.write(scene, path, stage)


def output_files(path: Path | str) -> tuple[Path, ...]:
    """Return every file that `write_scene` makes for a name.

    Raises:
        UsageError: if the name has another suffix.
    """
    path = Path(path)
    _check_suffix(path)
    return (path,) if path.suffix.lower() in GEOTIFF_SUFFIXES else output_pair(path)


def source_files(scene: Scene) -> tuple[Path, ...]:
    """Return the files that a scene was read from; none if it was made in memory."""
    path = Path(scene.meta.path)
    match scene.meta.driver:
        case "MEMORY":
            return ()
        case "ENVI":
            return pair(path)
        case "Zarr":
            return zarr_arrays.files(path)
    return (path,)


def _checked_bands(
    header: SceneHeader, source: str
) -> tuple[Float[np.ndarray, " band"], Float[np.ndarray, " band"], Bool[np.ndarray, " band"]]:
    """Return centres and widths [nm], and which bands are good."""
    bands = header.shape[0]
    centres = centres_in_nm(header.bands, bands, source)
    widths = widths_in_nm(header.bands, bands, source)
    return centres, widths, np.array(header.bands.good or (True,) * bands, dtype=bool)


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in GEOTIFF_SUFFIXES + ENVI_SUFFIXES:
        raise UsageError(
            f"{path.name} names no format that is written; end it with "
            f"{', '.join(GEOTIFF_SUFFIXES)} for GeoTIFF or {', '.join(ENVI_SUFFIXES)} for ENVI"
        )
