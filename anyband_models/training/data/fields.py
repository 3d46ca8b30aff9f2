"""What lies where: random fields with power-law spectra, parcels, lines and roofs."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int
from scipy.fft import irfft2, next_fast_len

Field = Float32[np.ndarray, "row col"]
Fields = Float32[np.ndarray, "field row col"]

# A field is cut out of one this much larger: what is periodic does not show, and a field's mean
# is not always zero.
_LARGER = 1.5


class Shape(NamedTuple):
    """Of an image."""

    rows: int
    cols: int


def power_law(
    rng: np.random.Generator, count: int, shape: Shape, slope: float, stretch: float = 1.0
) -> Fields:
    """Return Gaussian random fields whose power falls as ``frequency ** -slope``.

    Args:
        rng: draws them.
        count: how many, each for itself.
        shape: of each.
        slope: 0 is white; 2 is rough, as land cover is; above 3 is smooth.
        stretch: by how much they are longer along the columns than along the rows.

    Source: Keitt, Spectral representation of neutral landscapes, Landscape Ecology 15 (2000).
    """
    rows, cols = (next_fast_len(int(_LARGER * size) + 1, real=True) for size in shape)
    y = np.fft.fftfreq(rows)[:, None] * stretch
    x = np.fft.rfftfreq(cols)[None, :]
    frequency = np.hypot(y, x)
    frequency[0, 0] = np.inf
    size = (frequency ** (-slope / 2)).astype(np.float32)
    # All frequencies along the columns but the first and the last stand for two, of either sign.
    single = [0, -1] if cols % 2 == 0 else [0]
    power = 2 * (size**2).sum() - (size[:, single] ** 2).sum()
    size *= rows * cols / np.sqrt(2 * power)
    size[:, single] *= np.sqrt(np.float32(2))  # of which `irfft2` takes the real part alone
    parts = rng.standard_normal((2, count, rows, cols // 2 + 1), dtype=np.float32)
    spectrum = (parts[0] + 1j * parts[1]) * size
    whole = irfft2(spectrum, s=(rows, cols)).astype(np.float32)
    return whole[:, : shape.rows, : shape.cols]


class Plane(NamedTuple):
    """Coordinates that are turned, and bent at times.

    Attributes:
        across, along: of each pixel, in pixels.
    """

    across: Field
    along: Field


def plane(rng: np.random.Generator, shape: Shape, bend: float) -> Plane:
    """Return turned coordinates, bent by so many pixels; fields and roads follow them."""
    angle = rng.uniform(0.0, np.pi)
    y, x = np.mgrid[: shape.rows, : shape.cols].astype(np.float32)
    if bend > 0:
        shift = bend * power_law(rng, 2, shape, 3.5)
        y, x = y + shift[0], x + shift[1]
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return Plane(cos * x + sin * y, cos * y - sin * x)


def parcels(
    rng: np.random.Generator, where: Plane, area: float, stretch: float
) -> Int[np.ndarray, "row col"]:
    """Return the number of the parcel that each pixel is in: cells about random centres.

    Args:
        rng: draws the centres.
        where: the coordinates; with the greatest of two distances instead of Euclid's, borders
            follow them.
        area: of a parcel, on average [pixels].
        stretch: how much longer than wide they are.
    """
    across, along = where.across * stretch**0.5, where.along / stretch**0.5
    low, high = (
        np.array([each(across), each(along)], dtype=np.float32) for each in (np.min, np.max)
    )
    count = int(np.clip(np.prod(high - low) / area, 2, 120))
    centres = low + (high - low) * rng.random((count, 2), dtype=np.float32)
    dx = np.abs(across[None] - centres[:, 0, None, None])
    dy = np.abs(along[None] - centres[:, 1, None, None])
    distance = np.maximum(dx, dy) if rng.random() < 0.6 else dx * dx + dy * dy
    return distance.argmin(axis=0)


def line(rng: np.random.Generator, where: Plane, width: float) -> Field:
    """Return the share of each pixel that a road or a stream covers.

    Args:
        rng: says where.
        where: the coordinates that it follows.
        width: [pixels].
    """
    across = where.across if rng.random() < 0.5 else where.along
    middle = rng.uniform(float(across.min()), float(across.max()))
    covered = np.clip(width / 2 + 0.5 - np.abs(across - middle), 0.0, min(width, 1.0))
    return covered.astype(np.float32)


def roofs(rng: np.random.Generator, where: Plane, count: int, size: float) -> Field:
    """Return the share of each pixel under some rectangles, which all look the same way."""
    covered = np.zeros_like(where.across)
    for _ in range(count):
        row, col = (int(rng.integers(length)) for length in covered.shape)
        half = size * rng.uniform(0.5, 1.5, 2) / 2
        dx = half[0] + 0.5 - np.abs(where.across - where.across[row, col])
        dy = half[1] + 0.5 - np.abs(where.along - where.along[row, col])
        covered = np.maximum(covered, np.clip(np.minimum(dx, dy), 0.0, 1.0))
    return covered.astype(np.float32)
