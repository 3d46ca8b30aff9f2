"""Whether values can be reflectance: a forgotten scale is the commonest of all faults."""

import numpy as np
from jaxtyping import Float

from anyband_models.errors import ScaleError
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene

# Fresh snow and glint reach 1.3; the darkest scene in percent still has a bright pixel.
LARGEST_REFLECTANCE = 2.0
# Where the air is opaque a sensor sees noise: up to a quarter of the bands may say anything.
TRUSTED_BANDS = 0.75
BRIGHT, DARK = 99.0, 1.0  # percentiles of a band's values; spikes are rarer
SAMPLE = 1_000_000  # values; as many settle a percentile
LARGEST_PERCENT, LARGEST_BYTE, LARGEST_COUNT = 120.0, 260.0, 20_000.0
LOWEST_WITH_OFFSET = 900.0  # Sentinel-2 since 2022 adds 1000 to counts of 1e-4


def check_reflectance(scene: Scene) -> None:
    """Accept a scene whose values can be what they are said to be.

    Whole numbers without a stated scale cannot be reflectance. Other values cannot if the bright
    pixels of more than a quarter of the good bands lie above 2.

    Raises:
        ScaleError: if the values are said to be reflectance and cannot be; it names the flags
            that would say what they are.
    """
    if scene.meta.quantity is not Quantity.REFLECTANCE:
        return
    samples = _samples(scene)
    if not samples:
        return
    bright = np.quantile([np.percentile(band, BRIGHT) for band in samples], TRUSTED_BANDS)
    top = max(float(band.max()) for band in samples)
    counts = scene.stored.dtype.kind in "iu" and not scene.meta.scale_declared and top > 1
    if bright > LARGEST_REFLECTANCE or counts:
        low = np.quantile([np.percentile(band, DARK) for band in samples], 1 - TRUSTED_BANDS)
        raise ScaleError(_message(scene, float(bright), float(low)))


def _samples(scene: Scene) -> list[Float[np.ndarray, " value"]]:
    """The finite values of each good band, thinned evenly to a million in all."""
    chosen = np.flatnonzero(scene.good) if scene.good.any() else np.arange(len(scene.good))
    bands = [scene.values[band] for band in chosen]
    finite = [band[np.isfinite(band)] for band in bands]
    step = 1 + sum(band.size for band in finite) // SAMPLE
    return [band[::step] for band in finite if band.size]


def _message(scene: Scene, bright: float, low: float) -> str:
    source = scene.meta.path or "the scene"
    stated = f"the scale {scene.meta.scale[0]:g} is stated" if scene.meta.scale_declared else ""
    return (
        f"{source}: bright pixels lie at {bright:.4g}, and reflectance stays near 1, though "
        f"{stated or 'no scale is stated'}; pass {_likely(bright, low)}, or --quantity radiance "
        "or --quantity dn if they are not reflectance"
    )


def _likely(bright: float, low: float) -> str:
    """The flags that would bring such values to 0-1."""
    if bright <= LARGEST_PERCENT:
        return "--scale 0.01 if they are percent, --scale 0.0039216 if they run from 0 to 255"
    if bright <= LARGEST_BYTE:
        return "--scale 0.0039216 if they run from 0 to 255"
    if bright > LARGEST_COUNT:
        return "--scale 2.75e-5 --offset -0.2 if they are Landsat counts, or their own scale"
    if low >= LOWEST_WITH_OFFSET:
        return "--scale 1e-4 --offset -0.1 if they are counts with 1000 added, or --scale 1e-4"
    return "--scale 1e-4 if they are counts of 1/10000"
