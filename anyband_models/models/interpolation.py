"""What every interpolation in wavelength shares: which entries, how sure, with which caution."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Float32, Shaped, UInt8
from pydantic import BaseModel, PositiveFloat

from anyband_models.models.contract import Caution, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.gap_law import GapLaw, brightness
from anyband_models.models.neighbours import Neighbours
from anyband_models.models.noise import standard_normal
from anyband_models.scene.pixels import as_pixels

# Interpolated at a time, which bounds the memory: a missing entry takes some 100 bytes on the way.
BLOCK_PIXELS = 4096

Curve = Callable[["Gaps"], Float[np.ndarray, " n"]]


class InterpolationConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of an interpolation in wavelength."""

    max_gap_nm: PositiveFloat = 100.0
    """A gap wider than this [nm] is still crossed, and each entry in it flagged `LONG_GAP`."""


class Gaps:
    """The wanted entries of some pixels and what lies around them.

    Attributes:
        values, mask: what was observed of these pixels.
        wavelength: band centres, in the file's order [nm].
        entries: (band, pixel) of each wanted entry.
        neighbours: of the entries.
    """

    def __init__(
        self,
        values: Float32[np.ndarray, "band pixel"],
        mask: Bool[np.ndarray, "band pixel"],
        wavelength: Float[np.ndarray, " band"],
        wanted: Bool[np.ndarray, "band pixel"],
    ) -> None:
        self.values, self.mask, self.wavelength = values, mask, wavelength
        rows = np.flatnonzero(wanted.any(axis=1))  # a few bands, where whole bands are missing
        row, pixel = np.nonzero(wanted[rows])
        self.entries = rows[row], pixel
        self.neighbours = Neighbours.of(mask, wavelength, self.entries)

    def caution(self, max_gap_nm: float) -> UInt8[np.ndarray, " n"]:
        """Return each entry's caution."""
        long = np.where(self.neighbours.gap > max_gap_nm, Caution.LONG_GAP, Caution.NONE)
        outside = np.where(self.neighbours.outside, Caution.EXTRAPOLATED, Caution.NONE)
        return (long | outside).astype(np.uint8)

    def std(self, law: GapLaw) -> Float[np.ndarray, " n"]:
        """Return each entry's standard deviation by a gap law."""
        return law.std(self.neighbours, brightness(self.values, self.mask)[self.entries[1]])

    def bridges(self, noise: Float[np.ndarray, "band pixel"]) -> Shaped[np.ndarray, " n"]:
        """Return a draw of the Wiener bridges across the gaps, each entry of unit variance."""
        order = np.argsort(self.wavelength, kind="stable")
        nm = self.wavelength[order]
        path = np.empty_like(noise)
        steps = np.sqrt(np.diff(nm, prepend=nm[0]))[:, np.newaxis]
        path[order] = np.cumsum(steps * noise[order], axis=0)
        astray = path[self.entries] - self.neighbours.interpolate(path, self.entries[1])
        variance = self.neighbours.bridge()
        return np.divide(astray, np.sqrt(variance), out=np.zeros_like(astray), where=variance > 0)


def interpolate(
    draft: Draft,
    wanted: Bool[np.ndarray, "band pixel"],
    curve: Curve,
    max_gap_nm: float,
    seed: int = 0,
    caution: Caution = Caution.NONE,
) -> None:
    """Fill the wanted entries of a draft with a curve through the observed bands.

    Args:
        draft: filled in place, its samples included.
        wanted: the entries to fill, each in a pixel with an observed band.
        curve: the mean of each entry of `Gaps`.
        max_gap_nm: wider gaps are flagged [nm].
        seed: of the samples.
        caution: added to every entry.
    """
    if not wanted.any():
        return
    scene, wavelength = draft.observation, draft.observation.bands.wavelength
    values, mask = as_pixels(scene.values), as_pixels(scene.mask)
    law = GapLaw.fit(values, mask, wavelength)
    noises = [standard_normal(seed, number, *mask.shape) for number in range(len(draft.samples))]
    for start in range(0, mask.shape[1], BLOCK_PIXELS):
        block = slice(start, start + BLOCK_PIXELS)
        gaps = Gaps(values[:, block], mask[:, block], wavelength, wanted[:, block])
        band, pixel = gaps.entries
        where, mean, std = (band, pixel + start), curve(gaps), gaps.std(law)
        draft.fill(where, mean, std, gaps.caution(max_gap_nm) | np.uint8(caution))
        for sample, noise in zip(draft.samples, noises, strict=True):
            sample[where] = mean + std * gaps.bridges(noise[:, block])


def interpolated(
    observation: Observation, curve: Curve, max_gap_nm: float, samples: int, seed: int
) -> Reconstruction:
    """Return the whole observation filled with one curve."""
    draft = Draft(observation, samples)
    interpolate(draft, draft.missing(), curve, max_gap_nm, seed)
    return draft.finish()
