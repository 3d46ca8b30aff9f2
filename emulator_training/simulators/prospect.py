"""PROSPECT-D: what a leaf reflects and transmits.

Jacquemoud & Baret (1990), "PROSPECT: a model of leaf optical properties spectra", Remote Sensing of
Environment 34, with the pigments of Féret et al. (2017), "PROSPECT-D: towards modeling leaf optical
properties through a complete lifecycle", Remote Sensing of Environment 193.

The equations are the papers', rearranged so that no small number is the difference of large ones:
what is absorbed is followed by itself, not as one minus the rest.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from emulator_training.simulators.expint import absorptivity

# Light comes in within a cone of this half-angle [°], and diffusely between the plates.
CONE, HEMISPHERE = 40.0, 90.0
# The least that a plate absorbs, without which layers have no closed form; it transmits no less
# than the square.
LEAST = {torch.float32: 1e-6, torch.float64: 1e-10}


class Leaf(NamedTuple):
    """What becomes of the light; the three sum to one.

    Attributes:
        reflectance: of a leaf [1].
        transmittance: of it [1].
        absorptance: of it, to full relative precision [1].
    """

    reflectance: Float[Tensor, "*batch wavelength"]
    transmittance: Float[Tensor, "*batch wavelength"]
    absorptance: Float[Tensor, "*batch wavelength"]


class Surface(NamedTuple):
    """What passes the surface of a leaf, from the air and from inside.

    Attributes:
        cone: of the light of the sun [1].
        diffuse: of diffuse light [1].
        inside: of diffuse light that leaves [1].
    """

    cone: Float[Tensor, " wavelength"]
    diffuse: Float[Tensor, " wavelength"]
    inside: Float[Tensor, " wavelength"]


def surface(refraction: Float64[np.ndarray, " wavelength"]) -> Surface:
    """Return what passes a surface of such a refractive index."""
    cone, diffuse = (torch.from_numpy(transmissivity(refraction, a)) for a in (CONE, HEMISPHERE))
    return Surface(cone, diffuse, diffuse / torch.from_numpy(refraction) ** 2)


def transmissivity(
    refraction: Float64[np.ndarray, " wavelength"], angle: float
) -> Float64[np.ndarray, " wavelength"]:
    """Return the transmissivity of a surface, averaged over a cone.

    Stern (1964), "Transmission of isotropic radiation across an interface between two dielectrics",
    Applied Optics 3, as Allen (1973), "Transmission of isotropic light across a dielectric surface
    in two and three dimensions", Journal of the Optical Society of America 63, has it.

    Args:
        refraction: refractive index [1].
        angle: half-angle of the cone [°].
    """
    sine2 = np.sin(np.radians(angle)) ** 2
    square = refraction**2
    more, less = square + 1, square - 1
    k = -(less**2) / 4
    offset = sine2 - more / 2
    # At 90° the root is zero, but for rounding.
    root = np.sqrt(np.maximum(offset**2 + k, 0)) if angle < 90 else 0.0
    a, b = (refraction + 1) ** 2 / 2, root - offset

    def perpendicular(x: Float64[np.ndarray, " wavelength"]) -> Float64[np.ndarray, " wavelength"]:
        return k**2 / (6 * x**3) + k / x - x / 2

    def parallel(x: Float64[np.ndarray, " wavelength"]) -> Float64[np.ndarray, " wavelength"]:
        shifted = 2 * more * x - less**2
        return (
            -2 * square * x / more**2
            - 2 * square * more * np.log(x) / less**2
            + square / (2 * x)
            + 16 * square**2 * (square**2 + 1) * np.log(shifted) / (more**3 * less**2)
            + 16 * square**3 / (more**3 * shifted)
        )

    total = perpendicular(b) - perpendicular(a) + parallel(b) - parallel(a)
    return np.asarray(total / (2 * sine2))


def prospect(
    structure: Float[Tensor, "*batch 1"],
    absorption: Float[Tensor, "*batch wavelength"],
    passing: Surface,
) -> Leaf:
    """Return what a leaf of some layers reflects, transmits and absorbs.

    Args:
        structure: the number N of layers [1].
        absorption: what all layers absorb together, as an optical thickness [1].
        passing: what passes the surfaces.
    """
    least = LEAST[absorption.dtype]
    lost = at_least(absorptivity(at_least(absorption * structure.reciprocal(), least)), least)
    kept = at_least(1 - lost, least**2)
    back = 1 - passing.inside
    echo = back * kept
    # One plate, with all reflections inside it: Allen et al. (1969), as the paper has it.
    all_echoes = 1 / (1 - echo * echo)
    through, share = kept * passing.inside * all_echoes, lost * (1 + echo) * all_echoes
    t, absorbed = passing.diffuse * through, passing.diffuse * share
    r = (1 - passing.diffuse) + echo * t
    t_top, absorbed_top = passing.cone * through, passing.cone * share
    r_top = (1 - passing.cone) + echo * t_top
    # N - 1 more plates below it: Stokes (1862), divided by b to the power N - 1, which may be huge.
    # Of a, b and what remains of it, g, it is followed how far they are from one.
    root = (absorbed * (1 + r + t) * (1 + r - t) * (1 - r + t)).sqrt()
    half = 0.5 / (r * t)
    a_less = (absorbed * (1 - r + t) + root) * half * t
    b_less = (absorbed * (1 + r - t) + root) * half * r
    to_g = -torch.expm1((1 - structure) * torch.log1p(b_less))
    a, g = 1 + a_less, 1 - to_g
    apart = a_less + to_g
    scale = 1 / ((a + g) * apart)
    r_rest = a * to_g * (1 + g) * scale
    t_rest = g * a_less * (1 + a) * scale
    absorbed_rest = a_less * to_g * apart * scale
    entering = t_top / (1 - r_rest * r)
    return Leaf(
        r_top + entering * r_rest * t,
        entering * t_rest,
        absorbed_top + entering * (absorbed_rest + r_rest * absorbed),
    )


def at_least(x: Float[Tensor, "*any"], least: float) -> Float[Tensor, "*any"]:
    """Return what is at least so much; the gradient passes as if nothing had been done."""
    return x + (least - x.detach()).clamp_min(0)
