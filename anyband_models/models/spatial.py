"""Interpolation along rows and columns by straight lines, band by band."""

from typing import Literal, NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float, Float32

from anyband_models.distributions.nine_tenths import spread_of
from anyband_models.models.card import Card
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import InterpolationConfig, interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.neighbours import Neighbours
from anyband_models.models.noise import standard_normal

# Share of the observed pixels that are hidden on trial; fewer hidden ones say too little.
HIDDEN, FEWEST = 0.1, 20
# A band that is constant still has a variance.
SMALLEST = float(np.finfo(np.float32).tiny)


class SpatialConfig(InterpolationConfig, frozen=True, extra="forbid"):
    """Settings of `Spatial`."""

    kind: Literal["spatial"] = "spatial"


@final
class Spatial(Model):
    """Straight lines between a band's observed pixels, along the row and along the column.

    Where a band has no observed pixel in either, `linear` answers and the entry is flagged
    `FALLBACK`.
    """

    card = Card(
        name="spatial",
        summary="straight lines along rows and columns, band by band",
        method="Each missing entry lies on the line between the nearest observed pixels of its "
        "band along its row, and on that along its column; the two are weighed by their "
        "variances, which are those of a Wiener process whose steps are as large as the band's. "
        "How wide the spread has to be is learned by hiding observed pixels.",
        limits="Blind to all other bands: a band that is missing whole is interpolated in "
        "wavelength, and flagged so. Samples of neighbouring pixels are independent.",
        source="Kimeldorf & Wahba, Ann. Math. Statist. 41 (1970) 495-502",
    )

    config_type = SpatialConfig
    config: SpatialConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`."""
        draft = Draft(observation, samples)
        rest = draft.missing()
        noises = [standard_normal(seed, number, *rest.shape) for number in range(samples)]
        for band in np.flatnonzero(rest.any(axis=1) & draft.observed.any(axis=1)):
            image, observed = observation.values[band], observation.mask[band]
            said = both_ways(image, observed)
            pixel = np.flatnonzero(rest[band] & (said.precision.ravel() > 0))
            where, mean = (np.full_like(pixel, band), pixel), said.mean.ravel()[pixel]
            std = widening(image, observed) / np.sqrt(said.precision.ravel()[pixel])
            held = np.where(said.inside.ravel()[pixel], Caution.NONE, Caution.EXTRAPOLATED)
            draft.fill(where, mean, std, held.astype(np.uint8))
            for sample, noise in zip(draft.samples, noises, strict=True):
                sample[where] = mean + std * noise[where]
            rest[where] = False
        interpolate(draft, rest, straight_line, self.config.max_gap_nm, seed, Caution.FALLBACK)
        return draft.finish()


class Said(NamedTuple):
    """What is said of each pixel of a band.

    Attributes:
        mean: 0 where nothing is.
        precision: one over the variance; 0 where nothing is said.
        inside: whether observed pixels lie on both sides, along the column or along the row.
    """

    mean: Float[np.ndarray, "y x"]
    precision: Float[np.ndarray, "y x"]
    inside: Bool[np.ndarray, "y x"]


def both_ways(image: Float32[np.ndarray, "y x"], observed: Bool[np.ndarray, "y x"]) -> Said:
    """Return what columns and rows say of a band's missing pixels, together.

    Args:
        image: the band; anything where not observed.
        observed: True = observed.
    """
    columns = _along(image, observed)
    mean, precision, inside = (each.T for each in _along(image.T, observed.T))
    total = columns.precision + precision
    weighed = columns.precision * columns.mean + precision * mean
    mean = np.divide(weighed, total, out=np.zeros(total.shape), where=total > 0)
    return Said(mean, total, columns.inside | inside)


def widening(image: Float32[np.ndarray, "y x"], observed: Bool[np.ndarray, "y x"]) -> float:
    """Return by what the standard deviations of a band are to be multiplied, at least 1.

    What is said along the row and along the column errs together, by the pixel's own noise at
    least: one in ten observed pixels are hidden on trial, and nine in ten errors are to be within.

    Args:
        image: the band; anything where not observed.
        observed: True = observed.
    """
    hidden = observed & (np.random.default_rng(0).random(observed.shape) < HIDDEN)
    if np.count_nonzero(hidden) < FEWEST:
        return 1.0
    said = both_ways(image, observed & ~hidden)
    judged = hidden & (said.precision > 0)
    if not judged.any():
        return 1.0
    errors = np.abs(image[judged].astype(np.float64) - said.mean[judged])
    return max(spread_of([errors * np.sqrt(said.precision[judged])]), 1.0)


def _along(image: Float32[np.ndarray, "y x"], observed: Bool[np.ndarray, "y x"]) -> Said:
    """Return what the columns say of the missing pixels in them."""
    row, column = np.nonzero(~observed & observed.any(axis=0))
    wanted = row, column
    around = Neighbours.of(observed, np.arange(len(image), dtype=np.float64), wanted)
    mean, precision = np.zeros(image.shape), np.zeros(image.shape)
    inside = np.zeros(image.shape, dtype=bool)
    mean[wanted] = around.interpolate(image, column)
    precision[wanted] = 1 / (_step(image, observed) * around.bridge())
    inside[wanted] = ~around.outside
    return Said(mean, precision, inside)


def _step(image: Float32[np.ndarray, "y x"], observed: Bool[np.ndarray, "y x"]) -> float:
    """Return the variance of a step of one pixel down the columns.

    It is learned from each column's consecutive observed pixels; without any such pair it is that
    of the whole band.
    """
    column, row = np.nonzero(observed.T)
    values = image[row, column].astype(np.float64)
    same = np.diff(column) == 0
    if not same.any():
        return max(float(values.var()), SMALLEST)
    return max(float(np.mean(np.diff(values)[same] ** 2 / np.diff(row)[same])), SMALLEST)
