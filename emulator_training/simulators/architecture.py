"""What a canopy's leaves do to beams that come and go at some angles.

Verhoef (1984), "Light scattering by leaf layers with application to canopy reflectance modeling:
the SAIL model", Remote Sensing of Environment 16; Verhoef et al. (2007), "Unified optical-thermal
four-stream radiative transfer theory for homogeneous vegetation canopies", IEEE Transactions on
Geoscience and Remote Sensing 45. All of it is in doubles, being small.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from emulator_training.simulators.leaf_angles import angles, ellipsoidal


class Architecture(NamedTuple):
    """Means over the leaves' angles.

    Attributes:
        ks: extinction of the sun's beam [1].
        ko: that of the observer's [1].
        bf: mean squared cosine of the inclination [1].
        sob: bidirectional scattering of what leaves reflect [1].
        sof: that of what they transmit [1].
        apart: how far sun and observer are apart, dso [1].
    """

    ks: Float64[Tensor, "*batch 1"]
    ko: Float64[Tensor, "*batch 1"]
    bf: Float64[Tensor, "*batch 1"]
    sob: Float64[Tensor, "*batch 1"]
    sof: Float64[Tensor, "*batch 1"]
    apart: Float64[Tensor, "*batch 1"]


def architecture(
    mean_angle: Float64[Tensor, "*batch 1"],
    sun: Float64[Tensor, "*batch 1"],
    view: Float64[Tensor, "*batch 1"],
    azimuth: Float64[Tensor, "*batch 1"],
) -> Architecture:
    """Return the means, for a mean leaf angle, two zenith angles and the azimuth between [°]."""
    shares = ellipsoidal(mean_angle)
    sun, view, azimuth = sun.deg2rad(), view.deg2rad(), fold(azimuth).deg2rad()
    inclination = angles().to(mean_angle.device)
    up, out = inclination.cos(), inclination.sin()
    chi_s, beta_s, d_s = _beam(sun, up, out)
    chi_o, beta_o, d_o = _beam(view, up, out)
    least = (beta_s - beta_o).abs()
    most = torch.pi - (beta_s + beta_o - torch.pi).abs()
    # The three azimuths in their order.
    first, third = torch.minimum(azimuth, least), torch.maximum(azimuth, most)
    second = torch.minimum(torch.maximum(azimuth, least), most)
    both_up, both_out = up**2 * sun.cos() * view.cos(), out**2 * sun.sin() * view.sin()
    mean = 2 * both_up + both_out * azimuth.cos()
    swing = second.sin() * (2 * d_s * d_o + both_out * first.cos() * third.cos())
    reflected = ((torch.pi - second) * mean + swing) / (2 * torch.pi**2)
    transmitted = (swing - second * mean) / (2 * torch.pi**2)

    def averaged(values: Tensor) -> Tensor:
        return (shares * values).sum(dim=-1, keepdim=True)

    slant = torch.pi / (sun.cos() * view.cos())
    return Architecture(
        ks=averaged(chi_s) / sun.cos(),
        ko=averaged(chi_o) / view.cos(),
        bf=averaged(up**2),
        sob=averaged(reflected) * slant,
        sof=averaged(transmitted) * slant,
        apart=_apart(sun, view, azimuth),
    )


def fold(azimuth: Float64[Tensor, "*any"]) -> Float64[Tensor, "*any"]:
    """Return the smaller angle between two directions, from 0° to 180°."""
    return 180 - (azimuth.remainder(360) - 180).abs()


def _beam(zenith: Tensor, up: Tensor, out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return a beam's interception, the azimuth where it meets leaves edge on, and d of Verhoef."""
    c, s = up * zenith.cos(), out * zenith.sin()
    edge_on = c < s
    cosine = torch.where(edge_on, -c / torch.where(edge_on, s, 1), 0)
    beta = torch.where(edge_on, cosine.acos(), torch.pi)
    chi = 2 / torch.pi * ((beta - torch.pi / 2) * c + beta.sin() * s)
    return chi, beta, torch.where(edge_on, s, c)


def _apart(sun: Tensor, view: Tensor, azimuth: Tensor) -> Tensor:
    """Return dso; where it is zero it has a kink, and no gradient."""
    a, b = sun.tan(), view.tan()
    square = (a - b) ** 2 + 4 * a * b * (azimuth / 2).sin() ** 2
    some = square > 0
    return torch.where(some, torch.where(some, square, 1).sqrt(), 0)
