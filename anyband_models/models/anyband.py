"""The project's own model: the prior, and a network on what it leaves to be said."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, final

import numpy as np
from jaxtyping import Bool, Float32
from pydantic import Field, PositiveInt

from anyband_models.damage.distance import distance_to_observed
from anyband_models.damage.parts import in_parts
from anyband_models.models.card import Card
from anyband_models.models.conditional import condition, servable
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.prior import FillConfig, Filled, fill, notes_on, prior_file, prior_of
from anyband_models.models.standardised import Standardised
from anyband_models.models.support import Support
from anyband_models.scene.pixels import as_pixels
from physops.bands import Bands

if TYPE_CHECKING:
    from anyband_models.diffusion.any_bands import AnyBands, Problem

# Rows and columns on which the network is tried, and the share of entries hidden there.
TRIAL, HIDDEN = 40, 0.1
SHIPPED = Path(__file__).parent.parent / "weights" / "anyband.json"


class AnybandConfig(FillConfig, frozen=True):
    """Settings of `Anyband`."""

    kind: Literal["anyband"] = "anyband"
    network: str = ""
    """A network's JSON file, or the folder of a training run; the one that ships, if empty."""
    context: Literal["auto", "always", "never"] = "auto"
    """Whether the network is asked; if "auto", as far as it helps with entries hidden on trial."""
    sampler: Literal["ddim", "dpm++", "heun"] = "dpm++"
    """Of samples; the mean takes one step."""
    steps: PositiveInt = 4
    """Of the sampler."""
    means_of: int = Field(default=0, ge=0)
    """The mean is that of so many samples; 0 for the one-step mean."""
    tile: PositiveInt = 64
    """Rows and columns that are computed at a time: this bounds the memory."""


@final
class Anyband(Model):
    """`prior`, mended by complete spectra, and a diffusion model on its standardised residual."""

    card = Card(
        name="anyband",
        summary="the prior, the scene's own spectra, and a network on what they leave",
        method="The closed-form mean and deviation of `prior`; where many pixels lack the same "
        "bands and 30 complete ones are known, mended by kernel regression on what is observed of "
        "a pixel and of its neighbours; then a diffusion model of the standardised residual, which "
        "sees the surroundings and knows bands by their wavelength and width alone. The mean takes "
        "one step of it, samples a few.",
        trained_on="simulated scenes of measured and simulated materials, and real scenes of open "
        "licence; every datum is named beside the weights",
        uses_support=True,
        limits="Knows reflectance best: of other quantities it uses the scene's own spectra alone, "
        "or interpolates.",
        source="Karras et al., Elucidating the design space of diffusion-based generative models, "
        "2022; Zhao et al., AnyBand-Diff, ICML 2026",
    )

    config_type = AnybandConfig
    config: AnybandConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`.

        Raises:
            WeightsError: if weights are not there, or damaged.
        """
        draft = Draft(observation, max(samples, self.config.means_of))
        filled = fill(draft, prior_of(self.config), self.config, seed, kernel=True)
        if filled.served.any():
            self._refine(draft, filled)
        rest = draft.missing() & ~filled.served
        interpolate(draft, rest, straight_line, self.config.max_gap_nm, seed, Caution.FALLBACK)
        draft.samples = draft.samples[:samples]
        draft.keep_above_zero()
        return draft.finish(notes_on(observation, rest))

    def _refine(self, draft: Draft, filled: Filled) -> None:
        from anyband_models.diffusion.any_bands import Problem

        model = self.read()
        image = Standardised.of(draft, filled)
        problem = Problem(image.channels(), image.wanted)
        trust = self._trust(model, draft.observation, filled)
        bands = draft.observation.bands
        band, pixel = np.nonzero(filled.served)
        where = band, pixel
        spread = _spread(model, image.wanted, draft, filled)
        scale = image.std * spread
        said = model.mean(problem, bands, self.config.tile) if trust else np.float32(0)
        said = np.float32(trust) * said
        for sample in draft.samples:
            noise = image.latent(sample.reshape(image.mean.shape))
            drawn = self._drawn(model, problem, bands, noise) if trust else noise
            drawn = noise + np.float32(trust) * (drawn - noise)
            # Wider or narrower around the mean, which stays where it is.
            sample[where] = as_pixels(image.mean + image.std * said + scale * (drawn - said))[where]
        if self.config.means_of:
            mean = draft.samples[: self.config.means_of].mean(axis=0)
        else:
            mean = as_pixels(image.mean + image.std * said)
        draft.fill(where, mean[where], as_pixels(scale)[where])

    def _trust(self, model: "AnyBands", observation: Observation, filled: Filled) -> float:
        """Return how far the network's mean is to be believed on this scene, from 0 to 1.

        In the middle of the scene one in ten observed entries are hidden on trial. Where whole
        bands are missing the surroundings lack them as well, and the network, which was found to
        add nothing there, is not asked.
        """
        if self.config.context != "auto":
            return float(self.config.context == "always")
        from anyband_models.diffusion.any_bands import Problem

        parts = _middle(observation.mask.shape[1:])
        mask = observation.mask[:, parts[0], parts[1]]
        if filled.distribution is None or not in_parts(observation.mask):
            return 0.0
        kept = mask & (np.random.default_rng(0).random(mask.shape) >= HIDDEN)
        values = observation.values[:, parts[0], parts[1]]
        shown = np.where(kept, values, np.float32(np.nan))
        draft = Draft(Observation(shown, kept, observation.bands), 0)
        known = Support.empty(filled.bands)
        served = servable(draft.missing(), draft.observed, known)
        if not served.any():
            return 0.0
        distribution = filled.distribution
        condition(draft, served, known, lambda pattern, spectra: distribution, 0)
        image = Standardised.of(draft, filled._replace(served=served))
        hidden = mask & ~kept & image.wanted
        said = model.mean(Problem(image.channels(), image.wanted), observation.bands, TRIAL)[hidden]
        along = float(np.sum(said * image.latent(values)[hidden], dtype=np.float64))
        return float(np.clip(along / max(float(np.sum(said**2, dtype=np.float64)), 1e-9), 0, 1))

    def _drawn(
        self,
        model: "AnyBands",
        problem: "Problem",
        bands: Bands,
        noise: Float32[np.ndarray, "band y x"],
    ) -> Float32[np.ndarray, "band y x"]:
        config = self.config
        return model.sample(problem, bands, noise, config.steps, config.sampler, config.tile)

    def weights_files(self) -> tuple[Path, ...]:
        """Return the prior's file and the network's, whose JSON holds its weights' sha256."""
        return prior_file(self.config), self._network()

    def _network(self) -> Path:
        path = Path(self.config.network) if self.config.network else SHIPPED
        return path / "model.json" if path.is_dir() else path

    def read(self) -> "AnyBands":
        """Read the network.

        Raises:
            WeightsError: if it is not there, or damaged.
        """
        from anyband_models.diffusion.any_bands_files import read_any_bands

        return read_any_bands(self._network())


def _middle(shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns in the middle on which the network is tried."""
    starts = [max(0, (length - TRIAL) // 2) for length in shape]
    rows, cols = (slice(start, start + TRIAL) for start in starts)
    return rows, cols


def _spread(
    model: "AnyBands", wanted: Bool[np.ndarray, "band y x"], draft: Draft, filled: Filled
) -> Float32[np.ndarray, "band y x"]:
    """Return by what the prior's standard deviations are to be multiplied."""
    from anyband_models.diffusion.any_bands import KINDS, classes_of

    observation = draft.observation
    distance = distance_to_observed(observation.mask, observation.bands.wavelength)
    table = model.spread[KINDS.index(filled.kind)].numpy()
    return table[classes_of(distance)].astype(np.float32)
