"""Interpolation along rows and columns by straight lines, band by band."""

from typing import Literal, NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float, Float32

from anyband_models.models.card import Card
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import InterpolationConfig, interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.neighbours import Neighbours
from anyband_models.models.noise import standard_normal

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
        "variances, which are those of a Wiener process whose steps are as large as the band's.",
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
            mean, precision = both_ways(observation.values[band], observation.mask[band])
            pixel = np.flatnonzero(rest[band] & (precision.ravel() > 0))
            where, mean = (np.full_like(pixel, band), pixel), mean.ravel()[pixel]
            std = 1 / np.sqrt(precision.ravel()[pixel])
            draft.fill(where, mean, std)
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
    """

    mean: Float[np.ndarray, "y x"]
    precision: Float[np.ndarray, "y x"]


def both_ways(image: Float32[np.ndarray, "y x"], observed: Bool[np.ndarray, "y x"]) -> Said:
    """Return what columns and rows say of a band's missing pixels, together.

    Args:
        image: the band; anything where not observed.
        observed: True = observed.
    """
    columns = _along(image, observed)
    mean, precision = (each.T for each in _along(image.T, observed.T))
    total = columns.precision + precision
    weighed = columns.precision * columns.mean + precision * mean
    return Said(np.divide(weighed, total, out=np.zeros(total.shape), where=total > 0), total)


def _along(image: Float32[np.ndarray, "y x"], observed: Bool[np.ndarray, "y x"]) -> Said:
    """Return what the columns say of the missing pixels in them."""
    row, column = np.nonzero(~observed & observed.any(axis=0))
    wanted = row, column
    around = Neighbours.of(observed, np.arange(len(image), dtype=np.float64), wanted)
    mean, precision = np.zeros(image.shape), np.zeros(image.shape)
    mean[wanted] = around.interpolate(image, column)
    precision[wanted] = 1 / (_step(image, observed) * around.bridge())
    return Said(mean, precision)


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
