"""What an imperfect correction of the atmosphere leaves, and the light of the sky."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32

from anyband_models.training.data.amplitudes import Amplitudes, Span
from anyband_models.training.data.fields import Field, Shape, power_law
from anyband_models.training.data.grid import GRID

Spectrum = Float[np.ndarray, " 421"]

# Where gases absorb: centre and width [nm], and how much they do beside the others.
GASES = (
    (760.5, 7.0, 0.8),  # oxygen
    (687.0, 6.0, 0.3),  # oxygen
    (720.0, 18.0, 0.3),  # water
    (820.0, 22.0, 0.5),  # water
    (940.0, 45.0, 1.0),  # water
    (1130.0, 45.0, 1.0),  # water
    (1268.0, 12.0, 0.3),  # oxygen
    (1395.0, 60.0, 3.0),  # water
    (1575.0, 20.0, 0.1),  # carbon dioxide
    (1880.0, 75.0, 3.0),  # water
    (2010.0, 22.0, 1.0),  # carbon dioxide
    (2060.0, 18.0, 0.7),  # carbon dioxide
    (2480.0, 40.0, 1.0),  # water, methane
)
# Relative error of reflectance in a band of depth 1.
DEPTH: Span = (5e-4, 0.06)
# Light that was scattered into the view and not taken away, at 450 nm [1].
HAZE: Span = (1e-4, 0.03)


class Air(NamedTuple):
    """What the atmosphere's correction leaves.

    Attributes:
        residue: relative error of reflectance, by wavelength.
        unevenness: how it differs from pixel to pixel, about 1.
        haze: reflectance that is added.
        haziness: how it differs from pixel to pixel, about 1.
    """

    residue: Spectrum
    unevenness: Field
    haze: Spectrum
    haziness: Field


def air(amplitudes: Amplitudes, shape: Shape) -> Air:
    """Draw what is left of the atmosphere."""
    rng = amplitudes.rng
    depth = amplitudes.size(DEPTH)
    fields = power_law(rng, 2, shape, 3.0)
    uneven = 1 + rng.uniform(0.0, 0.5) * fields[0]
    hazy = np.maximum(1 + rng.uniform(0.0, 0.4) * fields[1], 0.0)
    fall = rng.uniform(0.5, 4.0)  # 4: molecules; less: aerosol
    sign = 1.0 if rng.random() < 0.7 else -0.5  # taken away too little, or too much
    haze = sign * amplitudes.size(HAZE) * (GRID / 450.0) ** -fall
    return Air(_residue(rng, depth), uneven.astype(np.float32), haze, hazy.astype(np.float32))


class Uncorrected(NamedTuple):
    """What makes at-sensor radiance of reflectance, in units of the brightest white.

    Attributes:
        gain: the sun's light, on its way down and up.
        path: what the air scatters, and what the file adds so that nothing is negative.
    """

    gain: Spectrum
    path: Spectrum


def uncorrected(rng: np.random.Generator) -> Uncorrected:
    """Draw an atmosphere that nobody has corrected for, and a sun of 5800 K.

    Source: Planck's law; depths of gases are rough ones, for vapour from dry to tropical.
    """
    sun = (GRID / 500.0) ** -5.0 / (np.exp(14388e3 / (GRID * 5800.0)) - 1)
    depth = np.zeros_like(GRID)
    vapour, way = rng.uniform(0.3, 1.6), rng.uniform(2.0, 3.5)
    for centre, width, strength in GASES:
        depth += strength * vapour * 0.5 * np.exp(-(((GRID - centre) / (width / 2)) ** 2) / 2)
    scattered = rng.uniform(0.05, 0.3) * (GRID / 450.0) ** -rng.uniform(1.5, 4.0)
    light = sun / sun.max() * np.exp(-way * depth)
    pedestal = rng.uniform(0.0, 0.1) if rng.random() < 0.3 else 0.0
    return Uncorrected(
        light * np.exp(-way * scattered), pedestal + light * rng.uniform(0.1, 0.5) * scattered
    )


def _residue(rng: np.random.Generator, depth: float) -> Spectrum:
    """Return bands of gases, too deep or too shallow; of a shifted instrument, up and down."""
    found = np.zeros_like(GRID)
    water = rng.normal()  # one amount of vapour was wrong for all its bands
    shifted = rng.normal(0.0, 0.5)
    for centre, width, strength in GASES:
        away = (GRID - centre) / (width / 2)
        bump = np.exp(-(away**2) / 2)
        own = 0.6 * water + 0.6 * rng.normal()
        found += strength * bump * (own + shifted * away)
    return np.maximum(depth * found, -0.9)


def sky(rng: np.random.Generator) -> Float32[np.ndarray, " 421"]:
    """Return the colour of the light in shadows, over that of the sun: 1 at 500 nm."""
    blue = (GRID / 500.0) ** -rng.uniform(0.5, 3.0)
    return (0.15 + 0.85 * blue).astype(np.float32)
