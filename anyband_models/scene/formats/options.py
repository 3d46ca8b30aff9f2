"""What a user says of a scene, which counts more than what its file says."""

from dataclasses import dataclass, replace

import numpy as np

from anyband_models.errors import InputError, UsageError
from anyband_models.scene.formats.header import SceneHeader, fitting_nodata
from anyband_models.scene.meta import Quantity
from anyband_models.scene.wavelengths import StatedBands, as_stated, power_to_nm, shift


@dataclass(frozen=True, eq=False)
class ReadOptions:
    """What the user states; None where the file's word counts.

    Attributes:
        scale: value = stored x scale + offset [quantity per stored unit].
        offset: see ``scale`` [quantity].
        quantity: reflectance, radiance or dn.
        nodata: the stored value that stands for "no data".
        wavelengths: band centres [nm or µm, told by their size].
    """

    scale: float | None = None
    offset: float | None = None
    quantity: str | None = None
    nodata: float | int | None = None
    wavelengths: np.ndarray | None = None

    def applied(self, header: SceneHeader) -> SceneHeader:
        """Return the header as the user corrects it.

        Raises:
            UsageError: if an option cannot be meant.
        """
        changes = self._scaling(header.shape[0])
        if self.quantity is not None:
            changes["quantity"] = self._quantity()
        if self.nodata is not None:
            changes["nodata"] = self._nodata(header.dtype)
        bands = header.bands
        if self.wavelengths is not None:
            bands = _replaced(bands, as_stated(self.wavelengths))
        return replace(header, bands=bands, meta=header.meta.model_copy(update=changes))

    def _scaling(self, bands: int) -> dict[str, object]:
        changes: dict[str, object] = {}
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            if value is None:
                continue
            if not np.isfinite(value) or (name == "scale" and value == 0):
                raise UsageError(f"--{name} {value:g} is impossible; give a number such as 1e-4")
            changes |= {name: (float(value),) * bands, "scale_declared": True}
        return changes

    def _quantity(self) -> Quantity:
        if self.quantity not in set(Quantity):
            allowed = ", ".join(Quantity)
            raise UsageError(
                f"--quantity {self.quantity} is not known; the quantities are {allowed}"
            )
        return Quantity(self.quantity)

    def _nodata(self, dtype: np.dtype) -> float | int:
        fitting = fitting_nodata(self.nodata, dtype)
        if fitting is None:
            raise UsageError(
                f"--nodata {self.nodata} cannot occur in a file of {dtype.name} values"
            )
        return fitting


def _replaced(stated: StatedBands, given: StatedBands) -> StatedBands:
    """The user's centres with the file's widths, in the centres' unit if that can be told."""
    given = replace(given, good=stated.good)
    try:
        power = power_to_nm(stated, "") - power_to_nm(given, "")
    except InputError:
        return given
    return replace(given, fwhm=tuple(shift(width, power) for width in stated.fwhm))
