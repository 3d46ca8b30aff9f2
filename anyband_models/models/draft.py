"""A reconstruction in the making: starts as the observation, ends as a `Reconstruction`."""

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from anyband_models.models.contract import Caution, Observation, Origin, Reconstruction
from anyband_models.models.pixels import as_pixels


class Draft:
    """What a model has filled so far, as (band, pixel).

    Observed entries are copied from the observation once and never written to again: `fill`
    refuses them.
    """

    def __init__(self, observation: Observation, samples: int) -> None:
        self.observation = observation
        self.observed = as_pixels(observation.mask)
        self.mean = np.where(self.observed, as_pixels(observation.values), np.float32(np.nan))
        self.std = np.where(self.observed, np.float32(0), np.float32(np.nan))
        self.caution = np.zeros(self.mean.shape, dtype=np.uint8)
        self.samples = np.repeat(self.mean[np.newaxis], samples, axis=0)

    def missing(self) -> Bool[np.ndarray, "band pixel"]:
        """Return where a value is wanted: nowhere in a pixel that was not observed at all."""
        return ~self.observed & self.observed.any(axis=0)

    def fill(
        self,
        where: tuple[Int[np.ndarray, "..."], Int[np.ndarray, "..."]],
        mean: Float[np.ndarray, "..."],
        std: Float[np.ndarray, "..."],
        caution: UInt8[np.ndarray, "..."] | Caution = Caution.NONE,
    ) -> None:
        """Write mean, standard deviation and caution of the entries ``where`` (band, pixel).

        No repaired value is known better than its own rounding: ``std`` is at least that.
        """
        if self.observed[where].any():
            raise AssertionError("a model tried to overwrite an observed value")
        self.mean[where], self.caution[where] = mean, caution
        self.std[where] = np.maximum(std, np.spacing(np.abs(self.mean[where])))

    def finish(self, notes: tuple[str, ...] = ()) -> Reconstruction:
        """Return the reconstruction, in the shape of the observation."""
        shape = self.observation.mask.shape
        samples = self.samples.reshape(-1, *shape) if len(self.samples) else None
        return Reconstruction(
            mean=self.mean.reshape(shape),
            std=self.std.reshape(shape),
            provenance=self._provenance().reshape(shape),
            caution=self.caution.reshape(shape),
            samples=samples,
            notes=notes,
        )

    def _provenance(self) -> UInt8[np.ndarray, "band pixel"]:
        origin = np.where(self.observed, np.uint8(Origin.MEASURED), np.uint8(Origin.REPAIRED_PIXEL))
        origin[~self.observed.any(axis=1)] = Origin.REPAIRED_BAND
        origin[np.isnan(self.mean) & ~self.observed] = Origin.REFUSED
        origin[:, ~self.observed.any(axis=0)] = Origin.NO_DATA
        return origin
