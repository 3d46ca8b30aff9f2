"""How honest a repair's standard deviations are, over the removed entries and parts of them.

A tally holds sums, so that those of several masks can be added before anything is divided. A
number that is NaN where it is scored makes every score None that it would be part of, so that
refusing an entry cannot flatter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32
from pydantic import BaseModel

from anyband_models.damage.distance import distance_to_observed
from anyband_models.distributions.nine_tenths import HALF_WIDTH_90
from anyband_models.evaluation.crps import gaussian_crps

# Half the width of a normal distribution's central 50 % [standard deviations].
HALF_WIDTH_50 = 0.6744897501960817
# Between the distances that are told apart [nm]; a distance on an edge belongs below it.
EDGES_NM = (15.0, 50.0, 150.0, 500.0)


class Calibration(BaseModel, frozen=True, extra="forbid"):
    """How honest the spread is; None where there was nothing to score.

    Attributes:
        entries: how many were scored.
        crps: mean continuous ranked probability score of the normal distributions that mean and
            standard deviation stand for [unit of the truth]; lower is better.
        coverage_50: share of the entries whose truth lies in the central 50 % interval [1].
        coverage_90: the same of 90 % [1]. Where the spread is honest and the errors are normal,
            the shares are 0.5 and 0.9.
        spread_skill: root mean square standard deviation over root mean square error [1]; 1 where
            the spread is honest, below where it is too narrow. Source: Fortin et al., Why should
            ensemble spread match the RMSE of the ensemble mean?, 2014.
    """

    entries: int
    crps: float | None = None
    coverage_50: float | None = None
    coverage_90: float | None = None
    spread_skill: float | None = None


class AtDistance(Calibration, frozen=True, extra="forbid"):
    """Of the entries whose nearest observed band is so far away.

    Attributes:
        over_nm: they lie farther away than this [nm]; in the first class, 0 belongs to it.
        up_to_nm: and not farther than this [nm]; None where there is no limit.
    """

    over_nm: float
    up_to_nm: float | None = None


class OfBand(Calibration, frozen=True, extra="forbid"):
    """Of the entries of one band.

    Attributes:
        band: its number, from 1.
        wavelength_nm: its centre [nm].
    """

    band: int
    wavelength_nm: float


class _Sums(NamedTuple):
    """What is added up, an array of one value an entry each."""

    entries: Float[np.ndarray, " n"]
    crps: Float[np.ndarray, " n"]
    in_50: Float[np.ndarray, " n"]
    in_90: Float[np.ndarray, " n"]
    variance: Float[np.ndarray, " n"]
    squared_error: Float[np.ndarray, " n"]


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over scored entries, by band and by distance to the nearest observed band.

    Attributes:
        sums: of each `_Sums`, in its order.
        wavelength: band centres [nm].
    """

    sums: Float[np.ndarray, "band distance sum"]
    wavelength: Float[np.ndarray, " band"]

    @classmethod
    def of(
        cls,
        truth: Float32[np.ndarray, "band y x"],
        mean: Float32[np.ndarray, "band y x"],
        std: Float32[np.ndarray, "band y x"],
        removed: Bool[np.ndarray, "band y x"],
        observed: Bool[np.ndarray, "band y x"],
        wavelength: Float[np.ndarray, " band"],
    ) -> "Tally":
        """Count a repair, band by band, so that little memory is needed.

        Args:
            truth: the scene before.
            mean: as repaired.
            std: standard deviation of the repair.
            removed: True = removed, and its true value is known: these are scored.
            observed: True = what the repair went by.
            wavelength: band centres [nm].
        """
        distance = distance_to_observed(observed, wavelength)
        classes = len(EDGES_NM) + 1
        sums = np.zeros((len(truth), classes, len(_Sums._fields)))
        for band in np.flatnonzero(removed.any(axis=(1, 2))):
            here = removed[band]
            at = np.searchsorted(EDGES_NM, distance[band][here])
            for number, values in enumerate(
                _of(truth[band][here], mean[band][here], std[band][here])
            ):
                sums[band, :, number] = np.bincount(at, weights=values, minlength=classes)
        return cls(sums, wavelength)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.sums + other.sums, self.wavelength)

    def total(self) -> Calibration:
        """Return the scores of all entries."""
        return Calibration(**_scores(self.sums.sum(axis=(0, 1))))

    def by_distance(self) -> tuple[AtDistance, ...]:
        """Return the scores of each class of distances, of those with an entry."""
        return tuple(
            AtDistance(**_scores(sums), over_nm=low, up_to_nm=high)
            for sums, low, high in zip(
                self.sums.sum(axis=0), (0.0, *EDGES_NM), (*EDGES_NM, None), strict=True
            )
            if sums[0]
        )

    def by_band(self) -> tuple[OfBand, ...]:
        """Return the scores of each band, of those that lost an entry."""
        return tuple(self._bands())

    def _bands(self) -> Iterator[OfBand]:
        for band, sums in enumerate(self.sums.sum(axis=1)):
            if sums[0]:
                centre = float(self.wavelength[band])
                yield OfBand(**_scores(sums), band=band + 1, wavelength_nm=centre)


def _of(
    truth: Float32[np.ndarray, " n"],
    mean: Float32[np.ndarray, " n"],
    std: Float32[np.ndarray, " n"],
) -> _Sums:
    error = np.abs(np.subtract(truth, mean, dtype=np.float64))
    spread = std.astype(np.float64)
    known = np.isfinite(error) & np.isfinite(spread)  # a comparison with NaN would say "outside"
    in_50, in_90 = (
        np.where(known, error <= width * spread, np.nan) for width in (HALF_WIDTH_50, HALF_WIDTH_90)
    )
    return _Sums(
        np.ones_like(error), gaussian_crps(truth, mean, std), in_50, in_90, spread**2, error**2
    )


def _scores(sums: Float[np.ndarray, " sum"]) -> dict[str, Any]:
    """Return the fields of `Calibration`."""
    found = _Sums(*sums)
    count = int(found.entries)
    if not count:
        return {"entries": 0}
    with np.errstate(divide="ignore", invalid="ignore"):  # no error at all: infinite, or NaN
        ratio = np.sqrt(found.variance / found.squared_error)
    means = {
        "crps": found.crps / count,
        "coverage_50": found.in_50 / count,
        "coverage_90": found.in_90 / count,
        "spread_skill": ratio,
    }
    told = {name: None if np.isnan(value) else float(value) for name, value in means.items()}
    return {"entries": count, **told}
