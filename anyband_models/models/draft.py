"""A reconstruction in the making: starts as the observation, ends as a `Reconstruction`."""

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

from anyband_models.models.contract import Caution, Observation, Origin, Reconstruction
from anyband_models.scene.pixels import as_pixels


class Draft:
    """What a model has filled so far, as (band, pixel).

    Observed entries are copied from the observation once and never written to again: `fill`
    refuses them.
    """

    def __init__(self, observation: Observation, samples: int) -> None:
        self.observation = observation
        self.observed = as_pixels(observation.mask)
        shape = self.observed.shape
        self.mean: Float32[np.ndarray, "band pixel"] = np.full(shape, np.nan, dtype=np.float32)
        self.std = np.full(shape, np.nan, dtype=np.float32)
        self.caution = np.zeros(shape, dtype=np.uint8)
        np.copyto(self.mean, as_pixels(observation.values), where=self.observed)
        np.copyto(self.std, 0, where=self.observed)
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
        value = mean.astype(np.float32)
        self.mean[where], self.caution[where] = value, caution
        self.std[where] = np.maximum(std, np.spacing(np.abs(value)))

    def keep_above_zero(self) -> None:
        """Raise filled values to 0, unless an observed or given one is below: light never is."""
        observation = self.observation
        lowest = [np.min(observation.values, where=observation.mask, initial=0)]
        if observation.support is not None:
            support = observation.support
            lowest.append(np.min(support, where=np.isfinite(support), initial=0))
        if min(lowest) < 0:
            return
        for values in (self.mean, *self.samples):
            np.maximum(values, 0, out=values, where=~self.observed)

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
        whole_band = ~self.observed.any(axis=1, keepdims=True)
        origin = np.empty(self.mean.shape, dtype=np.uint8)
        origin[:] = np.where(whole_band, Origin.REPAIRED_BAND, Origin.REPAIRED_PIXEL)
        np.copyto(origin, np.uint8(Origin.REFUSED), where=np.isnan(self.mean))
        np.copyto(origin, np.uint8(Origin.MEASURED), where=self.observed)
        np.copyto(origin, np.uint8(Origin.NO_DATA), where=~self.observed.any(axis=0))
        return origin
