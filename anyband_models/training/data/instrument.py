"""What an instrument does to a scene: noise, gains and offsets, stripes."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from anyband_models.training.data.amplitudes import Amplitudes, Span
from anyband_models.training.data.fields import Shape
from physops.bands import Bands

Cube = Float32[np.ndarray, "band row col"]
PerBand = Float32[np.ndarray, " band"]

# Standard deviation of a good band's noise, at a reflectance of 0.3 [1].
NOISE: Span = (1.5e-4, 0.01)
# Relative error of a band's gain; a smooth part is three times as large.
GAIN: Span = (1e-4, 0.012)
# Error of a band's offset [1].
OFFSET: Span = (2e-5, 0.003)
# Standard deviation of a column's own offset [1].
STRIPES: Span = (1e-4, 0.006)
_STRIPED = 0.4
# Bands that are several times as noisy as their neighbours: so many of them, at most.
_SPOILT = 0.05
_BRIGHT = 0.3


class Instrument(NamedTuple):
    """What it does to each band of a scene.

    Attributes:
        gain: factor.
        offset: what is added [1].
        floor: standard deviation of the noise without light [1].
        shot: of the noise that grows with the root of the light, at a reflectance of 0.3 [1].
        stripes: what is added to a column [1], or None.
    """

    gain: PerBand
    offset: PerBand
    floor: PerBand
    shot: PerBand
    stripes: Float32[np.ndarray, "band 1 col"] | None


def instrument(amplitudes: Amplitudes, bands: Bands, shape: Shape) -> Instrument:
    """Draw an instrument with these bands."""
    rng, count = amplitudes.rng, len(bands)
    gain_size, offset_size = amplitudes.size(GAIN), amplitudes.size(OFFSET)
    smooth = 3 * gain_size * _smooth(rng, bands)
    gain = 1 + smooth + gain_size * rng.normal(size=count)
    offset = offset_size * (rng.normal(size=count) + _smooth(rng, bands))
    size = amplitudes.size(NOISE) * _noisiness(amplitudes, bands)
    dark = rng.uniform(0.1, 0.9)  # the share of the noise's variance that needs no light
    return Instrument(
        gain.astype(np.float32),
        offset.astype(np.float32),
        (size * np.sqrt(dark)).astype(np.float32),
        (size * np.sqrt(1 - dark)).astype(np.float32),
        _stripes(amplitudes, bands, shape) if amplitudes.often(_STRIPED) else None,
    )


def dimmed(by: Instrument, light: PerBand) -> Instrument:
    """Return the instrument as it errs where there is less light: by the root of it, in radiance.

    Args:
        by: which is said in reflectance.
        light: of each band, over that of the brightest.
    """
    root = np.sqrt(light)
    stripes = None if by.stripes is None else by.stripes * root[:, None, None]
    return Instrument(by.gain, by.offset * root, by.floor * root, by.shot * root, stripes)


def measured(rng: np.random.Generator, values: Cube, by: Instrument) -> Cube:
    """Return what the instrument makes of reflectance; the input is overwritten."""
    values *= by.gain[:, None, None]
    spread = np.maximum(values, 0.0)
    spread *= (by.shot**2 / _BRIGHT)[:, None, None]
    spread += (by.floor**2)[:, None, None]
    np.sqrt(spread, out=spread)
    spread *= rng.standard_normal(values.shape, dtype=np.float32)
    values += spread
    values += by.offset[:, None, None]
    if by.stripes is not None:
        values += by.stripes
    return values


def _noisiness(amplitudes: Amplitudes, bands: Bands) -> np.ndarray:
    """Return how noisy each band is beside a good one: by its light, water and detector."""
    rng, nm = amplitudes.rng, bands.wavelength
    blue = amplitudes.size((0.3, 4.0)) * np.exp(-(nm - 380) / rng.uniform(20, 80))
    end = amplitudes.size((0.5, 4.0)) * np.exp((nm - 2500) / rng.uniform(40, 150))
    silicon = amplitudes.size((0.3, 4.0)) * np.exp(-(((nm - 1000) / rng.uniform(20, 60)) ** 2))
    infrared = 1 + rng.uniform(0.0, 1.5) * (nm > 1000)
    deep = amplitudes.size((0.5, 12.0))
    wet = sum(
        strength * np.exp(-(((nm - centre) / width) ** 2))
        for centre, width, strength in (
            (940, 30, 0.1),
            (1130, 30, 0.1),
            (1395, 40, 1),
            (1880, 60, 1),
        )
    )
    own = rng.lognormal(0.0, rng.uniform(0.05, 0.6), len(bands))
    spoilt = rng.random(len(bands)) < rng.uniform(0.0, _SPOILT)
    own *= np.where(spoilt, rng.uniform(2.0, 10.0, len(bands)), 1.0)
    narrow = np.clip(10.0 / np.nan_to_num(bands.fwhm, nan=10.0), 0.1, 3.0) ** 0.5
    return own * narrow * (infrared + blue + end + silicon + deep * wet)


def _smooth(rng: np.random.Generator, bands: Bands) -> np.ndarray:
    """Return a curve over wavelength that waves a few times, of size about 1."""
    nm = bands.wavelength / 1000.0
    waves = [
        rng.normal() * np.cos(2 * np.pi * (rate * nm + rng.random()))
        for rate in rng.uniform(0.2, 3.0, 4)
    ]
    return np.sum(waves, axis=0) / np.sqrt(2.0)


def _stripes(
    amplitudes: Amplitudes, bands: Bands, shape: Shape
) -> Float32[np.ndarray, "band 1 col"]:
    """Return offsets of the columns: some go through all bands smoothly, some are a band's own."""
    rng, count = amplitudes.rng, len(bands)
    size = amplitudes.size(STRIPES)
    shared = sum(_smooth(rng, bands)[:, None] * rng.normal(size=(1, shape.cols)) for _ in range(3))
    own = rng.standard_normal((count, shape.cols)) * rng.lognormal(0.0, 0.5, (count, 1))
    both = np.sqrt(rng.dirichlet((1.0, 1.0)))
    stripes = size * (both[0] * shared / np.sqrt(3) + both[1] * own)
    return stripes[:, None, :].astype(np.float32)
