"""How leaves are inclined: the ellipsoidal distribution."""

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

CLASSES = 18  # of 5° each
# Gauss's quadrature in a class; doubles need no more nodes from 0° to 90°.
NODES, WEIGHTS = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(24))


def angles() -> Float64[Tensor, " inclination"]:
    """Return the middles of the classes [rad]."""
    return (torch.arange(CLASSES, dtype=torch.float64) + 0.5) * (torch.pi / 2 / CLASSES)


def ellipsoidal(
    mean_angle: Float64[Tensor, "*batch 1"],
) -> Float64[Tensor, "*batch inclination"]:
    """Return the shares of leaves in the classes, for a mean leaf angle [°].

    Campbell (1990), "Derivation of an angle density function for canopies with ellipsoidal leaf
    angle distributions", Agricultural and Forest Meteorology 49. The mean angle tells the
    excentricity e, and with x = e / sqrt(1 + e² tan²) a class has the integral of
    sqrt(1 - x² (1 - e²) / e²). It is integrated numerically, which needs no case for the sphere
    (e = 1, at 58.4°), where both closed forms fail.
    """
    edges = torch.linspace(0, torch.pi / 2, CLASSES + 1, dtype=torch.float64).to(mean_angle.device)
    a = mean_angle
    e = (((-1.6184e-5 * a + 2.1145e-3) * a - 1.2390e-1) * a + 3.2491).exp()
    cosine, sine = edges.cos(), edges.sin()
    x = e * cosine / (cosine**2 + (e * sine) ** 2).sqrt()
    width, centre = (x[..., :-1] - x[..., 1:]) / 2, (x[..., :-1] + x[..., 1:]) / 2
    nodes, weights = NODES.to(a.device), WEIGHTS.to(a.device)
    inside = centre[..., None] + width[..., None] * nodes
    share = width * ((1 - inside**2 * ((1 - e**2) / e**2)[..., None]).sqrt() @ weights)
    return share / share.sum(dim=-1, keepdim=True)
