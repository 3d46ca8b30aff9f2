"""The project's own model: the prior, and a network on what it leaves to be said."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, final

import numpy as np
from jaxtyping import Bool, Float32
from pydantic import Field, PositiveInt

from anyband_models.damage.distance import distance_to_observed
from anyband_models.models.card import Card
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.models.prior import Filled, PriorConfig, fill, notes_on, prior_of
from anyband_models.models.standardised import Standardised
from anyband_models.scene.pixels import as_pixels
from physops.bands import Bands

if TYPE_CHECKING:
    from anyband_models.diffusion.any_bands import AnyBands, Problem

SHIPPED = Path(__file__).parent.parent / "weights" / "anyband.json"


class AnybandConfig(PriorConfig, frozen=True):
    """Settings of `Anyband`."""

    kind: Literal["anyband"] = "anyband"  # type: ignore[assignment]
    network: str = ""
    """A network's JSON file, or the folder of a training run; the one that ships, if empty."""
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
        method="The closed-form mean and deviation of `prior`, mended by kernel regression where "
        "the scene has complete pixels; then a diffusion model of the standardised residual, which "
        "sees the surroundings and knows bands by their wavelength and width alone. The mean takes "
        "one step of it, samples a few.",
        trained_on="simulated scenes of measured and simulated materials, and real scenes of open "
        "licence; every datum is named beside the weights",
        uses_support=True,
        generates=True,
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
        return draft.finish(notes_on(observation, rest))

    def _refine(self, draft: Draft, filled: Filled) -> None:
        from anyband_models.diffusion.any_bands import Problem

        model = self.read()
        image = Standardised.of(draft, filled)
        problem = Problem(image.channels(), image.wanted)
        bands = draft.observation.bands
        band, pixel = np.nonzero(filled.served)
        where = band, pixel
        spread = _spread(model, image.wanted, draft, filled)
        scale = image.std * spread
        for sample in draft.samples:
            noise = image.latent(sample.reshape(image.mean.shape))
            drawn = self._drawn(model, problem, bands, noise)
            sample[where] = as_pixels(image.mean + scale * drawn)[where]
        if self.config.means_of:
            mean = draft.samples[: self.config.means_of].mean(axis=0)
        else:
            said = model.mean(problem, bands, self.config.tile)
            mean = as_pixels(image.mean + image.std * said)
        draft.fill(where, mean[where], as_pixels(scale)[where])

    def _drawn(
        self,
        model: "AnyBands",
        problem: "Problem",
        bands: Bands,
        noise: Float32[np.ndarray, "band y x"],
    ) -> Float32[np.ndarray, "band y x"]:
        config = self.config
        return model.sample(problem, bands, noise, config.steps, config.sampler, config.tile)

    def read(self) -> "AnyBands":
        """Read the network.

        Raises:
            WeightsError: if it is not there, or damaged.
        """
        from anyband_models.diffusion.any_bands_files import read_any_bands

        return read_any_bands(Path(self.config.network) if self.config.network else SHIPPED)


def _spread(
    model: "AnyBands", wanted: Bool[np.ndarray, "band y x"], draft: Draft, filled: Filled
) -> Float32[np.ndarray, "band y x"]:
    """Return by what the prior's standard deviations are to be multiplied."""
    from anyband_models.diffusion.any_bands import EDGES_NM, KINDS

    observation = draft.observation
    distance = distance_to_observed(observation.mask, observation.bands.wavelength)
    table = model.spread[KINDS.index(filled.kind)].numpy()
    return table[np.searchsorted(EDGES_NM, distance)].astype(np.float32)
