"""A user's own mask of what is missing."""

from pathlib import Path

import numpy as np
from jaxtyping import Bool, Shaped

from anyband_models.errors import InputError
from anyband_models.scene.formats.gdal import quietly
from anyband_models.scene.formats.npz import BROKEN


def read_mask(path: Path, shape: tuple[int, int, int]) -> Bool[np.ndarray, "band y x"]:
    """Read which entries are missing: any number but zero says so.

    Args:
        path: a ``.npz`` with the array ``mask``, (row, col) or (row, col, band), or a GeoTIFF of
            one band or as many as the scene has. A mask of one plane holds for every band.
        shape: the scene's bands, rows and columns.

    Raises:
        InputError: if the file cannot be read, or its shape is not the scene's.
    """
    if not path.is_file():
        raise InputError(f"the mask file {path} does not exist; give a .npz or a GeoTIFF")
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"PK":
        mask = _from_npz(path)
    elif start[:2] in (b"II", b"MM"):
        mask = _from_geotiff(path)
    else:
        raise InputError(f"{path} is neither a .npz nor a GeoTIFF; give the mask as one of these")
    if mask.shape[1:] != shape[1:] or mask.shape[0] not in (1, shape[0]):
        raise InputError(
            f"the mask {path} has (bands, rows, columns) {mask.shape} and the scene {shape}; a "
            "mask has the scene's rows and columns, and one band or all of them"
        )
    return np.ascontiguousarray(np.broadcast_to(mask != 0, shape))


def _from_npz(path: Path) -> Shaped[np.ndarray, "band y x"]:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            mask = file["mask"]
    except BROKEN as error:
        raise InputError(f"{path} holds no plain array called 'mask' ({error})") from error
    if mask.dtype.kind not in "biuf":
        raise InputError(f"'mask' in {path} holds {mask.dtype.name} values, not numbers")
    if mask.ndim == 2:
        return mask[np.newaxis]
    if mask.ndim == 3:
        return mask.transpose(2, 0, 1)
    raise InputError(f"'mask' in {path} has {mask.ndim} axes; give (row, col) or (row, col, band)")


def _from_geotiff(path: Path) -> Shaped[np.ndarray, "band y x"]:
    import rasterio

    try:
        with quietly(), rasterio.open(path, driver="GTiff") as file:
            return file.read()
    except rasterio.errors.RasterioError as error:
        raise InputError(f"the mask {path} cannot be read as a GeoTIFF ({error})") from error
