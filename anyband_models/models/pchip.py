"""Interpolation in wavelength by monotone cubics."""

from typing import Literal, final

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.models.card import Card
from anyband_models.models.contract import Model, Observation, Reconstruction
from anyband_models.models.interpolation import Gaps, InterpolationConfig, interpolated
from anyband_models.models.linear import straight_line
from anyband_models.models.pixels import by_pattern


class PchipConfig(InterpolationConfig, frozen=True, extra="forbid"):
    """Settings of `Pchip`."""

    kind: Literal["pchip"] = "pchip"


def monotone_cubic(gaps: Gaps) -> Float[np.ndarray, " n"]:
    """Return the monotone cubic through the observed bands; the edge value outside.

    Two observed bands at one wavelength count as one, at their mean.
    """
    filled = np.zeros(gaps.mask.shape)
    filled[gaps.entries] = straight_line(gaps)  # holds the edges, and serves a single knot
    for observed, pixels in by_pattern(gaps.mask):
        knots, values = _merged(gaps.wavelength, observed, gaps.values[:, pixels])
        if len(knots) > 1:
            _overwrite_inside(filled, pixels, gaps.wavelength, knots, values)
    return filled[gaps.entries]


def _merged(
    wavelength: Float[np.ndarray, " band"],
    observed: Bool[np.ndarray, " band"],
    values: Float[np.ndarray, "band n"],
) -> tuple[Float[np.ndarray, " knot"], Float[np.ndarray, "knot n"]]:
    knots, group = np.unique(wavelength[observed], return_inverse=True)
    total = np.zeros((len(knots), values.shape[1]))
    np.add.at(total, group, values[observed])
    return knots, total / np.bincount(group)[:, np.newaxis]


def _overwrite_inside(
    filled: Float[np.ndarray, "band pixel"],
    pixels: np.ndarray,
    wavelength: Float[np.ndarray, " band"],
    knots: Float[np.ndarray, " knot"],
    values: Float[np.ndarray, "knot n"],
) -> None:
    from scipy.interpolate import PchipInterpolator

    inside = np.flatnonzero((wavelength >= knots[0]) & (wavelength <= knots[-1]))
    filled[np.ix_(inside, pixels)] = PchipInterpolator(knots, values)(wavelength[inside])


@final
class Pchip(Model):
    """Monotone cubics through the observed bands, pixel by pixel; the edge value is held."""

    card = Card(
        name="pchip",
        summary="monotone cubics in wavelength, pixel by pixel",
        method="A piecewise cubic with matching slopes that never overshoots the observed bands. "
        "Its spread is taken to be that of the straight line.",
        limits="As linear; gains little on noisy spectra.",
        source="Fritsch & Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300-304",
    )

    def __init__(self, config: PchipConfig) -> None:
        self.config: PchipConfig = config

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`."""
        return interpolated(observation, monotone_cubic, self.config.max_gap_nm, samples, seed)
