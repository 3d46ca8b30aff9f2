"""Interpolation in wavelength by monotone cubics."""

from typing import Literal, final

import numpy as np
from jaxtyping import Float, Int, Shaped

from anyband_models.models.card import Card
from anyband_models.models.contract import Model, Observation, Reconstruction
from anyband_models.models.interpolation import Gaps, InterpolationConfig, interpolated
from anyband_models.models.linear import straight_line
from anyband_models.scene.pixels import by_pattern


class PchipConfig(InterpolationConfig, frozen=True, extra="forbid"):
    """Settings of `Pchip`."""

    kind: Literal["pchip"] = "pchip"


def monotone_cubic(gaps: Gaps) -> Float[np.ndarray, " n"]:
    """Return the monotone cubic through the observed bands; the edge value outside.

    Two observed bands at one wavelength count as one, at their mean.
    """
    band, pixel = gaps.entries
    mean = straight_line(gaps)  # holds the edges, and serves a single knot
    wanted = np.zeros(gaps.mask.shape[1], dtype=bool)
    wanted[pixel] = True
    column = np.cumsum(wanted) - 1  # of each wanted pixel among these alone
    cubic = _cubic(gaps, np.flatnonzero(wanted))[band, column[pixel]]
    return np.where(np.isfinite(cubic), cubic, mean)


def _cubic(gaps: Gaps, pixels: Int[np.ndarray, " n"]) -> Float[np.ndarray, "band n"]:
    """Return the cubic at every band of these pixels; NaN outside the observed bands."""
    from scipy.interpolate import PchipInterpolator

    cubic = np.full((len(gaps.mask), len(pixels)), np.nan)
    for observed, members in by_pattern(gaps.mask[:, pixels]):
        knots, group = np.unique(gaps.wavelength[observed], return_inverse=True)
        if len(knots) > 1:
            values = gaps.values[np.ix_(observed, pixels[members])]
            curve = PchipInterpolator(knots, _merged(values, group), extrapolate=False)
            cubic[:, members] = curve(gaps.wavelength)
    return cubic


def _merged(
    values: Shaped[np.ndarray, "observed n"], group: Int[np.ndarray, " observed"]
) -> Float[np.ndarray, "knot n"]:
    """Return the mean of the values in each group."""
    total = np.zeros((group.max() + 1, values.shape[1]))
    np.add.at(total, group, values)
    return total / np.bincount(group)[:, np.newaxis]


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

    config_type = PchipConfig
    config: PchipConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`."""
        return interpolated(observation, monotone_cubic, self.config.max_gap_nm, samples, seed)
