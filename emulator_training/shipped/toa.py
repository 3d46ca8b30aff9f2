"""From the reflectance of a surface to what is measured above the atmosphere, and back."""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from emulator_training.atmosphere.averages import band_weights
from emulator_training.atmosphere.optics import Table
from emulator_training.atmosphere.settings import NAMES, check
from emulator_training.bounded import is_number
from emulator_training.errors import AtmosphereShapeError, NoBandInRangeError, UnequalSettingsError
from physops import Bands, Operator, OperatorSpec
from physops.errors import NotFloatingError, ParameterError
from physops.operator import band_axis

SPEC = OperatorSpec(
    name="toa",
    title="Reflectance or radiance at the top of the atmosphere",
    kind="atmosphere",
    formula="path + T x / (1 - S x)",
    source="6SV 2.1 by Vermote et al. (Second Simulation of the Satellite Signal in the Solar "
    "Spectrum, 1997), as fitted by emulator_training.atmosphere.fit",
)
# Where less of the light gets through than this, nothing is known of the surface.
OPAQUE = 0.01
QUANTITIES = ("reflectance", "radiance")
Setting = float | Float[Tensor, "..."]
Image = Float[Tensor, "..."]


class Coefficients(NamedTuple):
    """What the atmosphere does in each band, ``(*batch, band)``."""

    path: Float[Tensor, "*batch band"]
    transmittance: Float[Tensor, "*batch band"]
    albedo: Float[Tensor, "*batch band"]
    unit: Float[Tensor, "*batch band"]


@final
class TopOfAtmosphere(Operator):
    """What a satellite measures of a surface: ``path + T x / (1 - S x)`` in each band.

    ``path`` is the reflectance of the atmosphere over black ground, T the transmittance down and
    up, S the albedo of the atmosphere seen from below: functions fitted to 6S, with its
    continental aerosol, over even ground at sea level; without light from beside the pixel. The
    radiance is ``E cos(sun_zenith) / (π d²)`` times that reflectance, E the sun's irradiance at one
    astronomical unit, d its distance.

    A band's path and T are means over its response, weighted by E; its S is weighted by T as well,
    which makes the sum right to second order in x for a surface that is even over the band.
    Responses are a sensor's own where it is known whose bands they are (``sensor=``, `Bands.of`),
    else Gaussians, or points where the width is not known.

    A band that is not good is NaN and has no gradient, and so is one of whose response less than
    98 % lies within 400 to 2500 nm, and an entry that is not finite, or so large that light would
    never leave (1 <= S x).

    Args:
        bands: the bands of the images that it will be given.
        sun_zenith: 0 to 70 [°]. Radians go unnoticed: a sun 1° from the zenith can be.
        view_zenith: 0 to 30 [°].
        azimuth: between sun and view, as seen from the ground, 0 to 180 [°]; 0 looks with the sun
            in the back.
        water_vapour: 0.2 to 5 [g/cm²].
        ozone: 0.2 to 0.45 [cm-atm].
        aod: optical depth of the aerosol at 550 nm, 0.02 to 0.8 [1]. This and the other five are
            numbers, or tensors ``(*batch)`` with one value an image; these are looked at in every
            call, and have gradients.
        quantity: ``"reflectance"`` [1] or ``"radiance"`` [W m⁻² sr⁻¹ µm⁻¹].
        day_of_year: 1 to 366, from which the sun's distance follows; or:
        sun_distance: in [AU]; 1 if neither is given. Both matter to the radiance alone.

    Attributes:
        settings: the six that describe atmosphere and geometry, by name.

    Raises:
        SettingRangeError: if one of the six is out of its range.
        UnequalSettingsError: if tensors of them do not fit each other.
        ParameterError: if one is neither number nor tensor, or another none of what it can be.
        NoBandInRangeError: if all bands would be NaN.
        TypeError: if day and distance are both given.

    >>> import physops
    >>> op = TopOfAtmosphere(physops.Bands.at([450.0, 850.0]), aod=0.3)
    >>> op(torch.tensor([0.05, 0.30]), band_dim=0)
    tensor([0.1401, 0.2860])
    """

    def __init__(
        self,
        bands: Bands,
        *,
        sun_zenith: Setting = 30.0,
        view_zenith: Setting = 0.0,
        azimuth: Setting = 0.0,
        water_vapour: Setting = 2.0,
        ozone: Setting = 0.3,
        aod: Setting = 0.1,
        quantity: str = "reflectance",
        day_of_year: int | None = None,
        sun_distance: float | None = None,
    ) -> None:
        super().__init__()
        if quantity not in QUANTITIES:
            raise ParameterError("quantity", quantity, "'reflectance' or 'radiance'")
        self.spec, self.band_count, self.quantity = SPEC, len(bands), quantity
        given = (sun_zenith, view_zenith, azimuth, water_vapour, ozone, aod)
        self.settings = dict(zip(NAMES, given, strict=True))
        for setting, value in self.settings.items():
            _check_kind(setting, value)
        self.sun_distance = _distance(day_of_year, sun_distance)
        self._average_over(bands)
        fixed = not any(isinstance(value, Tensor) for value in given)
        self._fixed = None
        coefficients = self.coefficients()  # refuses what is out of range
        self._fixed = coefficients if fixed else None

    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return what is measured of reflectances ``(*batch, band, *space)``, in their shape.

        Raises:
            DimensionError: if the image has no such dimension.
            BandCountError: if it has another number of bands.
            NotFloatingError: if its values are whole numbers.
            SettingRangeError, AtmosphereShapeError: if a tensor of the settings is now out of
                range, or does not fit the image.
        """
        path, through, albedo, unit = self._beside(x, band_dim)
        known = torch.isfinite(x) & torch.isfinite(path) & (albedo * x < 1)
        ground = torch.where(known, x, 0.0)
        above = path + through * ground / (1 - albedo * ground)
        return torch.where(known, above * unit, torch.nan)

    def inverse(self, y: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the surface's reflectance of what was measured, ``(*batch, band, *space)``.

        NaN where less than a hundredth of the light gets through, and where no surface gives ``y``.

        Raises:
            DimensionError, BandCountError, NotFloatingError, SettingRangeError,
                AtmosphereShapeError: as `forward` does.
        """
        path, through, albedo, unit = self._beside(y, band_dim)
        clear = torch.isfinite(path) & (through >= OPAQUE)
        known = torch.isfinite(y) & clear
        lit = torch.where(known, y, 0.0) / unit - path
        lit = torch.where(known, lit, 0.0) / torch.where(clear, through, 1.0)
        some = 1 + albedo * lit
        known = known & (some > 0)
        return torch.where(known, lit / torch.where(known, some, 1.0), torch.nan)

    def coefficients(self) -> Coefficients:
        """Return what the atmosphere does in each band, in double precision.

        Raises:
            SettingRangeError: if a setting is out of its range.
            UnequalSettingsError: if tensors of settings do not fit each other.
        """
        if self._fixed is not None:
            return self._fixed
        settings = _stacked(self.settings)
        check(settings)
        device = settings.device
        optics = self.table.to(device).optics(settings)
        weights, lost = self.weights.to(device), self.lost.to(device)
        through = optics.transmittance @ weights.T
        albedo = (optics.transmittance * optics.albedo) @ weights.T / through.masked_fill(lost, 1.0)
        path = (optics.path @ weights.T).masked_fill(lost, torch.nan)
        unit = torch.ones_like(path)
        if self.quantity == "radiance":
            sun = torch.cos(torch.deg2rad(settings[..., :1])) / self.sun_distance**2
            unit = (self.irradiance.to(device) / math.pi * sun).masked_fill(lost, 1.0)
        return Coefficients(path, through, albedo, unit)

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        shown = (
            f"{name} of a tensor" if isinstance(value, Tensor) else f"{name} {value:g}"
            for name, value in self.settings.items()
        )
        return f"{self.band_count} bands, {self.quantity}; {', '.join(shown)}"

    def _average_over(self, bands: Bands) -> None:
        """Work out the weights of wavelengths, and keep the part of the table that has any."""
        table = shipped_table()
        nm = table.wavelength.numpy()
        plain = band_weights(bands, nm) * bands.good[:, np.newaxis]
        self.lost = torch.from_numpy(~plain.any(axis=1))
        if self.lost.all():
            raise NoBandInRangeError(nm[0], nm[-1], bands.wavelength, " with 98 % of its response")
        used = torch.from_numpy(np.flatnonzero(plain.any(axis=0)))
        # No buffers: they stay in double precision, whatever the module is turned into.
        self.table = table.at(used)
        rows = torch.from_numpy(plain)[:, used]
        self.irradiance = rows @ self.table.irradiance
        sunlit = rows * self.table.irradiance
        self.weights = sunlit / self.irradiance.masked_fill(self.lost, 1.0)[:, None]

    def _beside(self, x: Tensor, band_dim: int) -> tuple[Image, Image, Image, Image]:
        """Return the coefficients in the image's type, in a shape that goes with it."""
        dim = band_axis(x, band_dim, self.band_count)
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        coefficients = self.coefficients()
        batch, space = tuple(coefficients.path.shape[:-1]), x.ndim - dim - 1
        if not _fits(batch, tuple(x.shape[:dim])):
            raise AtmosphereShapeError(batch, tuple(x.shape[:dim]))
        path, through, albedo, unit = (
            c.reshape(*c.shape, *(1,) * space).to(x.device, x.dtype) for c in coefficients
        )
        return path, through, albedo, unit


@cache
def shipped_table() -> Table:
    """Return the shipped coefficients.

    Raises:
        DamagedFileError: if the file is not the one that was shipped.
    """
    card = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return Table.read(Path(__file__).with_name(card["table"]), card["sha256"])


def _stacked(settings: Mapping[str, Setting]) -> Float[Tensor, "*batch setting"]:
    """Return the settings side by side, in double precision."""
    values = list(settings.values())
    tensors = [value for value in values if isinstance(value, Tensor)]
    device = tensors[0].device if tensors else torch.device("cpu")
    columns = [torch.as_tensor(value, dtype=torch.float64, device=device) for value in values]
    try:
        shape = np.broadcast_shapes(*(tuple(column.shape) for column in columns))
    except ValueError as error:
        raise UnequalSettingsError({tuple(c.shape) for c in columns if c.ndim}) from error
    return torch.stack([column.expand(shape) for column in columns], dim=-1)


def _check_kind(name: str, value: object) -> None:
    """Refuse a setting that is neither a number nor a tensor of numbers."""
    is_tensor = isinstance(value, Tensor) and not value.is_complex()
    if not (is_tensor or is_number(value)):
        raise ParameterError(name, value, "a number, or a tensor with one value an image")


def _fits(settings: tuple[int, ...], batch: tuple[int, ...]) -> bool:
    """Tell whether settings can be told apart image by image without making more images."""
    if len(settings) > len(batch):
        return False
    pairs = zip(reversed(settings), reversed(batch), strict=False)
    return all(some in (1, whole) for some, whole in pairs)


def _distance(day: int | None, distance: float | None) -> float:
    """Return the sun's distance [AU].

    Source: 6S, of the day: ``1 / (1 - 0.01673 cos(0.9856° (day - 4)))²`` is ``1 / d²``.
    """
    if day is not None and distance is not None:
        raise TypeError("toa takes day_of_year= or sun_distance=, not both; leave out one of them")
    if day is not None:
        if day not in range(1, 367):
            raise ParameterError("day_of_year", day, "a whole day from 1 to 366")
        return 1 - 0.01673 * math.cos(math.radians(0.9856 * (day - 4)))
    if distance is None:
        return 1.0
    if not (is_number(distance) and 0.95 <= distance <= 1.05):
        raise ParameterError("sun_distance", distance, "astronomical units, from 0.95 to 1.05")
    return distance
