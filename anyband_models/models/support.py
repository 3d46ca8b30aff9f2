"""Which spectra, and which of their bands, a statistical model may learn from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from anyband_models.models.contract import Observation
from anyband_models.scene.pixels import as_pixels


@dataclass(frozen=True, eq=False)
class Support:
    """Complete spectra, over as many bands as leave enough of them.

    Attributes:
        spectra: float64, without a gap.
        bands: which bands of the scene the columns are, ascending.
        places: where the spectra are: pixels of the scene row by row, and after them those of
            its support.
    """

    spectra: Float[np.ndarray, "pixel known"]
    bands: Int[np.ndarray, " known"]
    places: Int[np.ndarray, " pixel"]

    @classmethod
    def empty(cls, bands: Int[np.ndarray, " known"]) -> "Support":
        """Return a support of some bands without a spectrum."""
        return cls(np.empty((0, len(bands))), bands, np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.spectra)


def gather(observation: Observation, least: int, most: int) -> Support:
    """Return the complete spectra of an observation: its own pixels' and its support's.

    A band that no spectrum has is given up; then further bands, the least observed first, until
    ``least`` spectra are complete over the rest. More than half of the bands are not given up:
    the few that were left would say less than the neighbours in wavelength do. Where that does
    not suffice no band is given up but those that nobody has, and fewer spectra come back.

    Args:
        observation: where to look.
        least: how many complete spectra are wanted.
        most: of more than this, evenly spaced ones are taken.
    """
    values, mask = _table(observation)
    kept = _kept_bands(mask, least)
    complete = np.flatnonzero(mask[kept].all(axis=0) & (len(kept) > 0))
    stride = max(1, -(-len(complete) // most))
    chosen = complete[::stride]
    spectra = np.ascontiguousarray(np.take(values, chosen, axis=1)[kept].T, dtype=np.float64)
    return Support(spectra, kept, chosen)


def _table(
    observation: Observation,
) -> tuple[Float[np.ndarray, "band pixel"], Bool[np.ndarray, "band pixel"]]:
    values, mask = as_pixels(observation.values), as_pixels(observation.mask)
    if observation.support is None:
        return values, mask
    further = observation.support.T
    return np.hstack([values, further]), np.hstack([mask, np.isfinite(further)])


def _kept_bands(mask: Bool[np.ndarray, "band pixel"], least: int) -> Int[np.ndarray, " known"]:
    seen = np.count_nonzero(mask, axis=1)
    lacking = len(mask) - mask.sum(
        axis=0, dtype=np.int32
    )  # bands that each spectrum lacks, among those still kept
    kept = np.ones(len(mask), dtype=bool)
    for band in np.argsort(seen, kind="stable"):
        if np.count_nonzero(lacking == 0) >= least:
            return np.flatnonzero(kept)
        if 2 * (np.count_nonzero(kept) - 1) < np.count_nonzero(seen):
            break
        kept[band] = False
        lacking -= ~mask[band]
    return np.flatnonzero(seen)


@dataclass(frozen=True, eq=False)
class Parts:
    """Spectra with gaps, over the bands that enough of them have.

    Attributes:
        values: anything where not observed.
        observed: two bands or more in each pixel.
        bands: which bands of the scene the rows are, ascending.
    """

    values: Float[np.ndarray, "known pixel"]
    observed: Bool[np.ndarray, "known pixel"]
    bands: Int[np.ndarray, " known"]

    @property
    def fewest(self) -> int:
        """In how many pixels the rarest band was observed."""
        return int(self.observed.sum(axis=1).min(initial=self.observed.shape[1]))

    @property
    def bands_only(self) -> Support:
        """The bands, as a support without spectra."""
        return Support.empty(self.bands)


def partly(observation: Observation, least: int) -> Parts:
    """Return the spectra of an observation and its support, gaps and all.

    Args:
        observation: where to look.
        least: a band that fewer spectra have is left out.
    """
    values, mask = _table(observation)
    bands = np.flatnonzero(np.count_nonzero(mask, axis=1) >= least)
    observed = mask[bands]
    pixels = np.flatnonzero(np.count_nonzero(observed, axis=0) >= 2)
    return Parts(np.take(values[bands], pixels, axis=1), observed[:, pixels], bands)
