"""What the light above an atmosphere is a linear combination of, wavelength by wavelength.

Each is chosen for the physics: what the gases absorb is a function of their amount along the path;
light that is scattered once has a closed form but for the phase function of the aerosol, which is
a function of the scattering angle; what remains is smooth in the geometry and the aerosol.
"""

from dataclasses import dataclass
from itertools import product

import torch
from jaxtyping import Float
from torch import Tensor

# Where the splines lie: logarithm of water along the path [g/cm²], scattering angle [°].
WATER = (-2.6, 3.3, 14)
ANGLE = (76.0, 180.0, 12)
# Highest powers: sun, view, azimuth and aerosol; their sum is at most DEGREE.
POWERS, DEGREE = (4, 2, 3, 3), 4
MULTIPLE = tuple(p for p in product(*(range(k + 1) for k in POWERS)) if sum(p) <= DEGREE)
SCATTERING = tuple(product(range(5), range(4)))  # powers of the slant of the path, of the aerosol
ALBEDO_POWERS = 5

Terms = Float[Tensor, "*batch term"]
Numbers = Float[Tensor, "*batch"]


@dataclass(frozen=True)
class Path:
    """The way of the light through the atmosphere.

    Attributes:
        sun: cosine of the sun's zenith angle.
        view: cosine of the view's.
        turn: the part of the scattering angle's cosine that depends on the azimuth.
        water: water vapour [g/cm²].
        ozone: [cm-atm].
        aod: aerosol optical depth at 550 nm.
    """

    sun: Numbers
    view: Numbers
    turn: Numbers
    water: Numbers
    ozone: Numbers
    aod: Numbers

    @classmethod
    def of(cls, settings: Float[Tensor, "*batch setting"]) -> "Path":
        """Return the path under settings, in the order of `SETTINGS`."""
        sun, view, azimuth, water, ozone, aod = settings.unbind(-1)
        sun, view, azimuth = (torch.deg2rad(angle) for angle in (sun, view, azimuth))
        turn = torch.sin(sun) * torch.sin(view) * torch.cos(azimuth)
        return cls(torch.cos(sun), torch.cos(view), turn, water, ozone, aod)

    @property
    def airmass(self) -> Numbers:
        """How many times its vertical depth the light crosses the atmosphere, down and up."""
        return 1 / self.sun + 1 / self.view

    @property
    def scattering_cosine(self) -> Numbers:
        """Cosine of the angle by which light is turned that is scattered once."""
        return -self.sun * self.view - self.turn


def water(path: Path, share: float = 1.0) -> Terms:
    """Return the terms of water vapour's optical depth, of a share of its amount."""
    return _splines(torch.log(share * path.water * path.airmass), *WATER)


def gases(path: Path) -> Terms:
    """Return the terms of the optical depth of ozone and the gases whose amount is fixed."""
    ozone, airmass = path.ozone * path.airmass, path.airmass
    return torch.stack([ozone, ozone.square(), airmass.log(), airmass], dim=-1)


def scattering(cosine: Numbers, aod: Numbers) -> Terms:
    """Return the terms of the depth that scattering has on the way down, or up.

    The transmittance is a single function of the cosine of the zenith angle, for both ways.
    """
    slant = 1 / cosine - 1.6  # about its mean
    return torch.stack([slant**i * aod**k for i, k in SCATTERING], dim=-1)


def albedo(path: Path) -> Terms:
    """Return the terms of the spherical albedo."""
    return torch.stack([path.aod**k for k in range(ALBEDO_POWERS)], dim=-1)


def molecules(path: Path) -> Terms:
    """Return the terms of Rayleigh's phase function."""
    cosine = path.scattering_cosine
    return torch.stack([torch.ones_like(cosine), cosine.square()], dim=-1)


def alone(path: Path) -> Terms:
    """Return the terms of what molecules would scatter if there were no aerosol.

    In proportion to what they scatter once: Rayleigh's phase function, and what more there is.
    """
    more = torch.stack([path.sun, path.sun.square(), path.view, path.turn], dim=-1)
    return torch.cat([molecules(path), more], dim=-1)


def aerosol(path: Path) -> Terms:
    """Return the terms of the aerosol's phase function."""
    # The slope of the arc cosine has a pole at its ends, so that it stops a hair before them.
    cosine = path.scattering_cosine.clamp(-1 + 1e-9, 1 - 1e-9)
    return _splines(torch.rad2deg(torch.arccos(cosine)), *ANGLE)


def multiple(path: Path) -> Terms:
    """Return the terms of what is scattered more than once."""
    scaled = (
        (path.sun - 0.65) / 0.35,
        (path.view - 0.92) / 0.08,
        3 * path.turn,
        path.aod / 0.43 - 0.93,
    )
    powers = [[value**k for k in range(top + 1)] for value, top in zip(scaled, POWERS, strict=True)]
    terms = []
    for sun, view, turn, aod in MULTIPLE:
        terms.append(powers[0][sun] * powers[1][view] * powers[2][turn] * powers[3][aod])
    return torch.stack(terms, dim=-1)


def once_scattered(
    path: Path,
    rayleigh: Float[Tensor, " wavelength"],
    extinction: Float[Tensor, " wavelength"],
) -> tuple[Float[Tensor, "*batch wavelength"], ...]:
    """Return what light scattered once is in proportion to: by molecules, by the aerosol.

    What `once` gives, times the share that each has in the optical depth, which is returned third.

    Args:
        path: the way of the light.
        rayleigh: optical depth of the molecules.
        extinction: of the aerosol, for one of 1 at 550 nm.
    """
    aerosol = path.aod.unsqueeze(-1) * extinction
    depth = rayleigh + aerosol
    whole = once(path, depth)
    return whole * rayleigh / depth, whole * aerosol / depth, depth


def once(path: Path, depth: Float[Tensor, "*_ wavelength"]) -> Float[Tensor, "*batch wavelength"]:
    """Return what light scattered once is in proportion to: ``(1 - exp(-τ m)) / (4 (μ_s + μ_v))``.

    Args:
        path: the way of the light.
        depth: optical depth τ.

    Source: Hansen & Travis, Light scattering in planetary atmospheres, 1974 (single scattering).
    """
    slant = 4 * (path.sun + path.view)
    return -torch.expm1(-depth * path.airmass.unsqueeze(-1)) / slant.unsqueeze(-1)


def _splines(x: Numbers, low: float, high: float, count: int) -> Terms:
    """Return the cubic B-splines of evenly spaced knots from low to high at x."""
    step = (high - low) / (count - 3)
    centres = low + step * (torch.arange(count, dtype=x.dtype, device=x.device) - 1)
    distance = (x.unsqueeze(-1) - centres).abs() / step
    return (2 - distance).relu() ** 3 / 6 - (1 - distance).relu() ** 3 * (2 / 3)
