"""Parameters as the forward network takes them: numbers on which reflectance depends evenly."""

import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.parameters import ANGLES, NAMES

FEATURES = 23
# The slope of a root is infinite at zero, which is a canopy without a hot spot.
_LEAST_HOT_SPOT = 1e-4
# A view from the sun has a kink in the distance between them, which is as smooth as this.
_LEAST_DISTANCE = 1e-4


def features(parameters: Float[Tensor, "*batch parameter"]) -> Float[Tensor, "*batch feature"]:
    """Return what reflectance depends on most evenly, each about -1 to 1 in the trained range.

    Absorption acts as exp(-content), leaves as exp(-LAI / 2), angles by their cosines; sun and view
    by how much of the soil each sees, and both see, which is more near the hot spot.
    """
    column = dict(zip(NAMES, parameters.unbind(-1), strict=True))
    ala, tts, tto, psi = (torch.deg2rad(column[name]) for name in ANGLES)
    lai, hspot = column["lai"], column["hspot"].clamp(min=_LEAST_HOT_SPOT)
    ks, ko = extinction(column["ala"], tts), extinction(column["ala"], tto)
    apart = distance(tts, tto, psi)
    # Kuusk's exponent: how fast lit and seen leaves part with depth.
    parting = 2 * apart / (hspot * (ks + ko))
    # How much what is lit is also what is seen: 1 in the hot spot, 0 far from it.
    together = -torch.expm1(-parting) / parting
    raw = [
        (column["n"], 1.0, 2.8),
        (torch.exp(-column["cab"] / 50), 0.135, 1.0),
        (torch.exp(-column["car"] / 15), 0.189, 1.0),
        (column["cbrown"], 0.0, 1.0),
        (torch.exp(-50 * column["cw"]), 0.05, 0.95),
        (torch.exp(-80 * column["cm"]), 0.09, 0.92),
        (column["ant"], 0.0, 8.0),
        (torch.exp(-lai / 2), 0.018, 1.0),
        (lai, 0.0, 8.0),
        (torch.cos(ala), 0.17, 0.94),
        (torch.sqrt(hspot), 0.1, 0.71),
        (column["psoil"], 0.0, 1.0),
        (column["rsoil"], 0.2, 1.4),
        (torch.cos(tts), 0.34, 1.0),
        (torch.sin(tto), 0.0, 0.65),
        (torch.cos(psi), -1.0, 1.0),
        (together, 0.0, 1.0),
        (1 / (1 + parting), 0.0, 1.0),
        (apart / (1 + apart), 0.0, 0.78),
        (torch.exp(-ks * lai), 0.0, 1.0),
        (torch.exp(-ko * lai), 0.0, 1.0),
        (torch.exp(-(ks + ko - torch.sqrt(ks * ko) * together) * lai), 0.0, 1.0),
        (ks / (1 + ks), 0.1, 0.75),
    ]
    return torch.stack([(2 * x - low - high) / (high - low) for x, low, high in raw], dim=-1)


def distance(
    sun: Float[Tensor, "*any"], view: Float[Tensor, "*any"], azimuth: Float[Tensor, "*any"]
) -> Float[Tensor, "*any"]:
    """Return how far sun and view are apart in tangents of their zenith angles [rad in].

    Source: Verhoef, Light scattering by leaf layers, Remote Sensing of Environment 16 (1984), dso.
    """
    a, b = torch.tan(sun), torch.tan(view)
    square = (a - b) ** 2 + 4 * a * b * torch.sin(azimuth / 2) ** 2
    return torch.sqrt(square + _LEAST_DISTANCE**2)


def extinction(
    mean_angle: Float[Tensor, "*any"], zenith: Float[Tensor, "*any"]
) -> Float[Tensor, "*any"]:
    """Return the extinction of a beam [1] by leaves of a mean angle [°], at a zenith angle [rad].

    Within 3 % of PROSAIL's, which sums over classes of angles.

    Source: Campbell, Extinction coefficients for radiation in plant canopies calculated using an
    ellipsoidal inclination angle distribution, Agricultural and Forest Meteorology 36 (1986); the
    ellipsoid by PROSAIL's polynomial.
    """
    a = mean_angle
    x = (((-1.6184e-5 * a + 2.1145e-3) * a - 1.2390e-1) * a + 3.2491).exp()
    return torch.sqrt(x**2 + torch.tan(zenith) ** 2) / (x + 1.774 * (x + 1.182) ** -0.733)
