"""An image in the units of its prior: what is known of each entry, and how surprising it is.

The prior says of every missing entry a mean and a standard deviation; of every observed one, how
far it lies from what the pixel's other bands say. Errors of neighbouring pixels are alike, and the
surprise of what was observed is a hint at them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from anyband_models.models.draft import Draft
from anyband_models.models.prior import Filled
from anyband_models.scene.pixels import as_pixels, by_pattern

# Nothing more surprising is shown to a network, and nothing farther away is asked of it.
MOST = 8.0
TINY = float(np.finfo(np.float32).tiny)
# Pairs of neighbours below which a band's own correlation means nothing.
FEWEST_PAIRS = 50

# Which of the channels says what is observed.
OBSERVED = 1


@dataclass(frozen=True, eq=False)
class Standardised:
    """An image, filled by its prior.

    Attributes:
        mean: the prior's, observed values where there are any; NaN in pixels without any.
        std: the prior's; 0 where observed.
        wanted: True = missing, and filled by the prior.
        surprise: of observed entries, in standard deviations; 0 elsewhere.
        level: root mean square of the image.
    """

    mean: Float32[np.ndarray, "band y x"]
    std: Float32[np.ndarray, "band y x"]
    wanted: Bool[np.ndarray, "band y x"]
    surprise: Float32[np.ndarray, "band y x"]
    level: float

    @classmethod
    def of(cls, draft: Draft, filled: Filled) -> "Standardised":
        """Return the image of a draft that the prior has filled."""
        shape = draft.observation.values.shape
        surprise = np.zeros(draft.mean.shape, dtype=np.float32)
        if filled.distribution is not None:
            normal = filled.distribution.normal
            observed, values = draft.observed[filled.bands], as_pixels(draft.observation.values)
            for pattern, members in by_pattern(observed):
                if np.count_nonzero(pattern) > 1:
                    where = np.ix_(filled.bands[pattern], members)
                    surprise[where] = normal.surprise(pattern, values[where])
        known = draft.mean[np.isfinite(draft.mean)]
        level = float(np.sqrt(np.mean(known.astype(np.float64) ** 2))) if known.size else 1.0
        return cls(
            draft.mean.reshape(shape),
            draft.std.reshape(shape),
            filled.served.reshape(shape),
            surprise.reshape(shape),
            level or 1.0,
        )

    def channels(self) -> Float32[np.ndarray, "6 band y x"]:
        """Return what a network is shown.

        Surprise, what is observed, brightness, doubt, and how alike a band's surprises are in
        neighbouring rows and columns: where they are not, the surroundings have nothing to say.
        """
        observed = np.isfinite(self.mean) & ~self.wanted
        bright = np.nan_to_num(self.mean / self.level).clip(-1, MOST)
        doubt = np.nan_to_num(self.std).astype(np.float64) / self.level
        doubt = np.log10(np.maximum(doubt, 1e-5))
        doubt = np.where(self.wanted, 0.5 * doubt + 1.0, 0.0)
        surprise = np.nan_to_num(self.surprise).clip(-MOST, MOST)
        alike = likeness(surprise, observed)[:, :, np.newaxis, np.newaxis]
        alike = np.broadcast_to(alike, (2, *self.mean.shape))
        return np.stack([surprise, observed, bright, doubt, *alike]).astype(np.float32)

    def latent(self, image: Float[np.ndarray, "band y x"]) -> Float32[np.ndarray, "band y x"]:
        """Return an image as distances from the prior's mean, in standard deviations; else 0."""
        apart = np.zeros(self.mean.shape, dtype=np.float32)
        where = self.wanted & np.isfinite(image)
        off = image[where].astype(np.float64) - self.mean[where]
        apart[where] = (off / np.maximum(self.std[where], TINY)).clip(-MOST, MOST)
        return apart


def likeness(
    surprise: Float[np.ndarray, "band y x"], observed: Bool[np.ndarray, "band y x"]
) -> Float[np.ndarray, "2 band"]:
    """Return the correlation of neighbours' surprises in each band, along rows and columns.

    A band that is hardly observed has that of all bands together.

    Args:
        surprise: in standard deviations, 0 where not observed.
        observed: True = observed.
    """
    found = []
    for here, there in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None), slice(None), slice(None, -1)), (slice(None), slice(None), slice(1, None))),
    ):
        both = observed[here] & observed[there]
        a, b = np.where(both, surprise[here], 0), np.where(both, surprise[there], 0)
        joint = np.sum(a * b, axis=(1, 2), dtype=np.float64)
        size = np.sqrt(np.sum(a * a, axis=(1, 2), dtype=np.float64))
        size *= np.sqrt(np.sum(b * b, axis=(1, 2), dtype=np.float64))
        overall = joint.sum() / max(size.sum(), 1e-9)
        enough = np.count_nonzero(both, axis=(1, 2)) >= FEWEST_PAIRS
        found.append(np.where(enough, joint / np.maximum(size, 1e-9), overall))
    return np.array(found)
