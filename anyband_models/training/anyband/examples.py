"""Examples of what the prior leaves to be said, from simulated and from real scenes.

Example `n` of a seed is a function of the two alone. Half of a scene is damaged; of the other half
a model is given all spectra, a few, or none.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from anyband_models.damage.distance import distance_to_observed
from anyband_models.damage.protocols import draw
from anyband_models.diffusion.any_bands import classes_of
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.errors import UsageError
from anyband_models.models.contract import Observation
from anyband_models.models.draft import Draft
from anyband_models.models.prior import Kind, PriorConfig, fill
from anyband_models.models.standardised import MOST, Standardised
from anyband_models.scene.meta import Quantity
from anyband_models.scene.pixels import as_pixels
from anyband_models.training.anyband.real import RealScene
from anyband_models.training.data import sensors
from anyband_models.training.data.materials import Materials
from anyband_models.training.data.scenes import Recipe, simulated
from physops.bands import Bands

SIDE = 32
FEWEST, MOST_BANDS = 6, 64
UNCORRECTED = 0.1
REAL = 0.3
# How often each family of masks is met, and between which numbers.
FAMILIES = {
    "random": (0.15, 5, 95), "gap": (0.1, 5, 40), "k": (0.1, 3, 10),
    "pixel": (0.35, 5, 80), "stripes": (0.3, 10, 70),
}  # fmt: skip
# How often no spectra are given, a few, all.
GIVEN = (0.4, 0.2, 0.4)


@dataclass(frozen=True, eq=False)
class Example:
    """What a network learns from.

    Attributes:
        channels: what it is shown.
        wanted: True = missing.
        truth: distance from the prior's mean, in its standard deviations, at most 8; 0 where not
            wanted.
        noise: a draw of the prior, in the same units.
        near: class of each entry's distance to the nearest observed band of its pixel; see
            `diffusion.any_bands.classes_of`.
        bands: of the image.
        kind: what the prior's mean was made from: see `models.prior.Filled`.
        family: of masks, and what was given, for people.
    """

    channels: Float32[np.ndarray, "6 band y x"]
    wanted: Bool[np.ndarray, "band y x"]
    truth: Float32[np.ndarray, "band y x"]
    noise: Float32[np.ndarray, "band y x"]
    near: UInt8[np.ndarray, "band y x"]
    bands: Bands
    kind: Kind
    family: str


class Examples:
    """All of a seed.

    Args:
        materials: that simulated scenes are made of.
        real: scenes that were measured.
        prior: over wavelength.
        seed: of all.
        side: rows of an image, and of its columns those that are damaged.
    """

    def __init__(
        self,
        materials: Materials,
        real: list[RealScene],
        prior: SpectralPrior,
        seed: int,
        side: int = SIDE,
    ) -> None:
        self.materials, self.real, self.prior = materials, real, prior
        self.seed, self.side = seed, side

    def example(self, number: int) -> Example | None:
        """Return an example; None if its mask cannot be laid on it, or nothing is filled."""
        rng, scene = self._begun(number)
        if scene is not None:
            values, bands, quantity = _cut(rng, scene, self.side)
        else:
            values, bands, quantity = self._simulated(rng, number)
        family = _family(rng)
        return self._filled(rng, values, bands, quantity, family)

    def sensor(self, number: int) -> str:
        """Return whose bands an example has, or what they are like; a measured scene's name."""
        _, scene = self._begun(number)
        return sensors.draw(self.seed, number, FEWEST).name if scene is None else scene.name

    def _begun(self, number: int) -> tuple[np.random.Generator, RealScene | None]:
        """Return an example's random numbers, and its measured scene if it has one."""
        key = np.array([self.seed, number], dtype=np.uint64)
        rng = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, 5]))
        if not self.real or rng.random() >= REAL:
            return rng, None
        often = np.array([scene.often for scene in self.real])
        return rng, self.real[rng.choice(len(self.real), p=often / often.sum())]

    def _simulated(
        self, rng: np.random.Generator, number: int
    ) -> tuple[Float32[np.ndarray, "band y x"], Bands, Quantity]:
        band_set = sensors.draw(self.seed, number, FEWEST)
        kept = _thinned(rng, len(band_set))
        few = sensors.BandSet(band_set.name, _some(band_set.bands, kept), band_set.matrix[kept])
        raw = rng.random() < UNCORRECTED
        recipe = Recipe(badness=(0.0, 0.8), uncorrected=float(raw))
        side = self.side
        values = simulated(self.materials, few, side, 2 * side, self.seed, number, recipe).values
        return values, few.bands, Quantity.RADIANCE if raw else Quantity.REFLECTANCE

    def _filled(
        self,
        rng: np.random.Generator,
        values: Float32[np.ndarray, "band y x"],
        bands: Bands,
        quantity: Quantity,
        family: str,
    ) -> Example | None:
        half = values.shape[2] // 2
        truth, valid = values[:, :, half:], np.isfinite(values[:, :, half:])
        good = valid.any(axis=(1, 2))
        try:
            missing = draw(family, truth.shape, bands.wavelength, good, int(rng.integers(2**31)))
        except UsageError:
            return None
        mask = valid & ~missing
        support, shape = _given(rng, values[:, :, :half])
        shown = np.where(mask, truth, np.float32(np.nan))
        draft = Draft(Observation(shown, mask, bands, support, quantity, shape), 1)
        filled = fill(draft, self.prior, PriorConfig(), seed=int(rng.integers(2**31)), kernel=True)
        image = Standardised.of(draft, filled)
        # Of an entry without truth nothing is asked.
        wanted = image.wanted & valid & missing
        if not wanted.any():
            return None
        sample = draft.samples[0].reshape(truth.shape)
        given = "none" if support is None else str(len(support))
        distance = distance_to_observed(mask, bands.wavelength)
        return Example(
            image.channels(),
            wanted,
            np.where(wanted, image.latent(truth), np.float32(0)),
            np.where(wanted, image.latent(sample), np.float32(0)).clip(-MOST, MOST),
            classes_of(distance),
            bands,
            filled.kind,
            f"{family} {given}",
        )


def _family(rng: np.random.Generator) -> str:
    kinds = [*FAMILIES]
    kind = kinds[rng.choice(len(kinds), p=[FAMILIES[each][0] for each in kinds])]
    _, low, high = FAMILIES[kind]
    number = int(rng.integers(low, high + 1))
    return f"k{number}" if kind == "k" else f"{kind}-{number}"


def _given(
    rng: np.random.Generator, values: Float32[np.ndarray, "band y x"]
) -> tuple[Float32[np.ndarray, "pixel band"] | None, tuple[int, int] | None]:
    """Return a support, and its rows and columns if it is an image."""
    spectra = np.ascontiguousarray(as_pixels(values).T)
    match rng.choice(3, p=GIVEN):
        case 0:
            return None, None
        case 1:
            few = int(2 ** rng.uniform(4, 7))
            return spectra[rng.permutation(len(spectra))[:few]], None
    return spectra, (values.shape[1], values.shape[2])


def _thinned(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return which of many bands are kept: neighbours, every so many, or any."""
    if count <= MOST_BANDS:
        return np.arange(count)
    kept = int(rng.integers(24, MOST_BANDS + 1))
    match rng.integers(3):
        case 0:
            first = int(rng.integers(count - kept + 1))
            return np.arange(first, first + kept)
        case 1:
            step = count // kept
            return np.arange(int(rng.integers(count - step * (kept - 1))), count, step)[:kept]
    return np.sort(rng.permutation(count)[:kept])


def _cut(
    rng: np.random.Generator, scene: RealScene, side: int
) -> tuple[Float32[np.ndarray, "band y x"], Bands, Quantity]:
    """Return a part of a scene, some of its bands, turned or not."""
    kept = _thinned(rng, len(scene.values))
    _, rows, cols = scene.values.shape
    tall, wide = min(side, rows), min(2 * side, cols)
    row, col = rng.integers(rows - tall + 1), rng.integers(cols - wide + 1)
    part = scene.values[kept, row : row + tall, col : col + wide]
    if rng.random() < 0.5:
        part = part[:, :, ::-1]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return np.ascontiguousarray(part), _some(scene.bands, kept), scene.quantity


def _some(bands: Bands, kept: np.ndarray) -> Bands:
    return Bands(bands.wavelength[kept], bands.fwhm[kept], bands.good[kept])
