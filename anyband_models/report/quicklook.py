"""The scene as a colour picture, before and after the repair."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from anyband_models.models.contract import Origin
from anyband_models.report.content import ReportContent

MISSING_COLOUR = (0.86, 0.13, 0.60)  # a magenta that neither soil, water nor leaves have
STRETCH = (2.0, 98.0)  # percentiles [%]
PLACES = {  # red, green and blue of the screen [nm], and how far a band may lie from them [nm]
    "natural colour": ((665.0, 560.0, 490.0), 30.0),
    "near infrared, red, green": ((835.0, 665.0, 560.0), 40.0),
    "infrared": ((2200.0, 1610.0, 835.0), 80.0),
}


@dataclass(frozen=True)
class Composite:
    """Which bands the screen shows.

    Attributes:
        name: what such a choice is called.
        bands: the bands shown in red, green and blue.
    """

    name: str
    bands: tuple[int, int, int]


def choose_composite(
    wavelength: Float[np.ndarray, " band"], observed: Bool[np.ndarray, " band"]
) -> Composite:
    """Return the first composite of `PLACES` that the scene covers, else three spread bands.

    Args:
        wavelength: band centres [nm], in any order.
        observed: whether anything was measured in the band. Such a band is preferred, for a
            picture of a band that was never there shows nothing before the repair.
    """
    for name, (places, tolerance) in PLACES.items():
        if np.all([np.abs(wavelength - place).min() <= tolerance for place in places]):
            red, green, blue = (_nearest(wavelength, observed, p, tolerance) for p in places)
            return Composite(name, (red, green, blue))
    order = np.argsort(wavelength, kind="stable")
    red, green, blue = (int(order[len(order) * sixth // 6]) for sixth in (5, 3, 1))
    return Composite("three spread bands", (red, green, blue))


def _nearest(
    wavelength: Float[np.ndarray, " band"],
    observed: Bool[np.ndarray, " band"],
    place: float,
    tolerance: float,
) -> int:
    distance = np.abs(wavelength - place)
    preferred = np.where(observed & (distance <= tolerance), distance, np.inf)
    return int(np.argmin(preferred if np.isfinite(preferred).any() else distance))


def before_and_after(
    content: ReportContent, composite: Composite
) -> tuple[Float32[np.ndarray, "y x 3"], Float32[np.ndarray, "y x 3"]]:
    """Return both pictures, 0..1, with the same stretch; NaN where the scene has no data.

    What was missing before, or refused after, is painted in `MISSING_COLOUR`.
    """
    bands = list(composite.bands)
    provenance = content.reconstruction.provenance[bands]
    colour = np.stack([stretch(content.reconstruction.mean[band]) for band in bands], axis=-1)
    before, after = colour, colour.copy()
    before[~content.mask[bands].all(axis=0)] = MISSING_COLOUR
    after[(provenance == Origin.REFUSED).any(axis=0)] = MISSING_COLOUR
    nothing = (provenance == Origin.NO_DATA).any(axis=0)
    before[nothing] = after[nothing] = np.nan
    return before, after


def stretch(plane: Float32[np.ndarray, "y x"]) -> Float32[np.ndarray, "y x"]:
    """Map the percentiles `STRETCH` of the finite values to 0 and 1, and hold what is beyond."""
    finite = plane[np.isfinite(plane)]
    if not finite.size:
        return np.full_like(plane, np.nan)
    low, high = np.percentile(finite, STRETCH)
    scaled = (plane - low) / max(high - low, np.finfo(np.float32).tiny)
    return np.clip(scaled, 0, 1).astype(np.float32)
