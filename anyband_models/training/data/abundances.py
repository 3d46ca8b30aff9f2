"""How much of each material is in each pixel, and how brightly it is lit."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Int
from scipy.ndimage import gaussian_filter

from anyband_models.training.data.amplitudes import Amplitudes
from anyband_models.training.data.endmembers import Endmembers
from anyband_models.training.data.fields import (
    Field,
    Fields,
    Plane,
    Shape,
    line,
    parcels,
    plane,
    power_law,
    roofs,
)

Layout = Literal["parcels", "patches", "gradients", "parcels in patches"]
LAYOUTS: tuple[Layout, ...] = ("parcels", "patches", "gradients", "parcels in patches")
_OFTEN = (0.35, 0.35, 0.1, 0.2)
_LEAST_LIGHT = 0.05
# The light of the sky that shadows have, over that of the sun.
_SHADOW = (0.15, 0.7)

Labels = Int[np.ndarray, "row col"]


class Lit(NamedTuple):
    """Weights of the endmembers' spectra, pixel by pixel: abundance times light.

    Attributes:
        sun: under the sun, and what a shadow leaves of it.
        sky: in the shadow, where the light is the sky's and bluer; None without shadows.
    """

    sun: Fields
    sky: Fields | None


def lit(
    amplitudes: Amplitudes, endmembers: Endmembers, shape: Shape, blur: float, adjacency: float
) -> Lit:
    """Draw what is where and how it is lit, as seen through the instrument's optics.

    Args:
        amplitudes: draw all of it.
        endmembers: of the scene.
        shape: of the image.
        blur: standard deviation of the point spread [pixels].
        adjacency: the share of light that comes from all over the neighbourhood.
    """
    rng = amplitudes.rng
    weights = variants(rng, endmembers, shape)
    light, shadow = _light(rng, shape)
    sun = weights * (light * (1 - shadow))
    if not shadow.any():
        return Lit(_seen(sun, blur, adjacency), None)
    left = float(rng.uniform(*_SHADOW))
    return Lit(
        _seen(sun, blur, adjacency), _seen(weights * (light * shadow * left), blur, adjacency)
    )


def variants(rng: np.random.Generator, endmembers: Endmembers, shape: Shape) -> Fields:
    """Return the share of each variant in each pixel; they sum to one."""
    where = plane(rng, shape, rng.uniform(0.0, 6.0) if rng.random() < 0.5 else 0.0)
    area = float(np.exp(rng.uniform(np.log(30.0), np.log(1500.0))))
    cells = parcels(rng, where, area, float(rng.uniform(1.0, 3.5)))
    classes = _classes(rng, len(endmembers.groups), cells, shape)
    classes = _overlaid(rng, classes, endmembers.groups, where)
    within = _within(rng, endmembers.of, cells, shape)
    return classes[endmembers.of] * within


def _classes(rng: np.random.Generator, count: int, cells: Labels, shape: Shape) -> Fields:
    """Return the share of each class, by one of the layouts."""
    layout = LAYOUTS[rng.choice(len(LAYOUTS), p=_OFTEN)]
    # Few classes have most of the land.
    favour = rng.normal(0.0, rng.uniform(0.2, 1.2), (count, 1, 1)).astype(np.float32)
    regions = power_law(rng, count, shape, rng.uniform(2.0, 3.6), rng.uniform(0.6, 1.6)) + favour
    crop = (rng.standard_normal((count, cells.max() + 1), dtype=np.float32) + favour[:, :, 0])[
        :, cells
    ]
    match layout:
        case "parcels":
            fit = crop
        case "patches":
            fit = regions
        case "gradients":
            fit = power_law(rng, count, shape, 4.0) + favour
        case "parcels in patches":
            fit = np.where(regions[0] > 0.3, regions + 1.0, crop)
    least, most = (1.0, 4.0) if layout == "gradients" else (3.0, 30.0)
    sharp = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    rough = power_law(rng, count, shape, rng.uniform(0.3, 2.0))
    return softmax(sharp * fit + rng.uniform(0.1, 2.0) * rough)


def _overlaid(
    rng: np.random.Generator, classes: Fields, groups: tuple[str, ...], where: Plane
) -> Fields:
    """Lay roads, streams and roofs over the land at times."""
    covers: list[Field] = []
    if rng.random() < 0.5:
        for _ in range(rng.integers(1, 5)):
            covers.append(line(rng, where, float(rng.uniform(0.4, 3.0))))
    if rng.random() < (0.7 if "urban" in groups else 0.1):
        covers.append(roofs(rng, where, int(rng.integers(3, 30)), float(rng.uniform(2.0, 12.0))))
    for cover in covers:
        own = np.zeros((len(classes), 1, 1), dtype=np.float32)
        own[rng.integers(len(classes))] = 1.0
        classes = classes + cover * (own - classes)
    return classes


def _within(
    rng: np.random.Generator, of: Int[np.ndarray, " variant"], cells: Labels, shape: Shape
) -> Fields:
    """Return the share of each variant within its class: by parcel, and from pixel to pixel."""
    count = len(of)
    by_cell = rng.standard_normal((count, cells.max() + 1), dtype=np.float32)[:, cells]
    smooth = power_law(rng, count, shape, rng.uniform(0.3, 3.0))
    fit = rng.uniform(0.0, 2.5) * by_cell + rng.uniform(0.5, 3.0) * smooth
    grown = np.exp(fit - fit.max(axis=0))
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    return grown / (np.add.reduceat(grown, starts, axis=0)[of] + 1e-20)


def _light(rng: np.random.Generator, shape: Shape) -> tuple[Field, Field]:
    """Return how brightly each pixel is lit, 1 on average, and the share of it in shadow."""
    slopes = rng.uniform(0.0, 0.17) ** 1.3 * power_law(rng, 1, shape, rng.uniform(2.5, 4.0))[0]
    crowns = rng.uniform(0.0, 0.35) ** 1.5 * power_law(rng, 1, shape, rng.uniform(0.0, 1.8))[0]
    light = np.maximum(np.exp(slopes + crowns), _LEAST_LIGHT).astype(np.float32)
    if rng.random() < 0.6:
        return light, np.zeros_like(light)
    field = power_law(rng, 1, shape, rng.uniform(1.5, 3.5))[0]
    edge = np.float32(rng.uniform(1.0, 2.5))
    soft = np.float32(rng.uniform(2.0, 12.0))
    return light, (1 / (1 + np.exp(-np.clip(soft * (field - edge), -30, 30)))).astype(np.float32)


def _seen(weights: Fields, blur: float, adjacency: float) -> Fields:
    if blur > 0.2:  # below, nothing reaches the next pixel
        weights = gaussian_filter(weights, (0, blur, blur), mode="nearest", truncate=2.5)
    around = weights.mean(axis=(1, 2), keepdims=True)
    return weights + np.float32(adjacency) * (around - weights)


def softmax(logits: Fields) -> Fields:
    """Return positive numbers that sum to one over the first axis.

    >>> softmax(np.zeros((4, 1, 1), dtype=np.float32))[:, 0, 0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    grown = np.exp(logits - logits.max(axis=0))
    return (grown / grown.sum(axis=0)).astype(np.float32)
