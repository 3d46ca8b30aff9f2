"""AnyBand-Diff: masked conditional diffusion, trained for one kind of bands."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, final

import numpy as np
from jaxtyping import Bool, Float
from pydantic import BaseModel, PositiveInt

from anyband_models.errors import ModelError
from anyband_models.models.card import Card
from anyband_models.models.contract import Caution, Model, Observation, Reconstruction
from anyband_models.models.draft import Draft
from anyband_models.models.interpolation import interpolate
from anyband_models.models.linear import straight_line
from anyband_models.scene.pixels import as_pixels

if TYPE_CHECKING:
    from anyband_models.diffusion.band_diffusion import BandDiffusion
    from anyband_models.diffusion.files import ModelFile

SHIPPED = Path(__file__).parent.parent / "weights"
# Centres may be off by so much and still be the bands that were learned [nm].
TOLERANCE_NM = 2.0
# Of the interpolation of bands that were not learned [nm].
MAX_GAP_NM = 100.0
# More bands than this are not all listed.
MOST_NAMED = 12
# Values this far outside those that were learned, in parts of their range, are worth a note.
BEYOND = 0.25


class AnybandDiffConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Settings of `AnybandDiff`."""

    kind: Literal["anyband-diff"] = "anyband-diff"
    weights: str = ""
    """A model's JSON file, or the folder of a training run; those that ship, if empty."""
    sampler: Literal["ancestral", "ddim", "dpm++", "heun"] = "dpm++"
    """Of samples; the mean takes one step."""
    steps: PositiveInt = 10
    """Of the sampler."""
    tile: PositiveInt = 64
    """Rows and columns that are computed at a time: this bounds the memory."""
    paste: bool = True
    """Keep observed values in every step; the result has them in any case."""


@final
class AnybandDiff(Model):
    """The paper's model, trained on a scene; with `base: linear`, on what lines get wrong."""

    card = Card(
        name="anyband-diff",
        summary="masked conditional diffusion, trained for one kind of bands",
        method="A U-Net that was shown random subsets of bands predicts the clean image; the mean "
        "is its answer to noise alone, samples come down a ladder of noise. Observed values are "
        "kept at each step. The weights that ship predict what straight lines in wavelength get "
        "wrong.",
        trained_on="AVIRIS Indian Pines, the left half of the default scene (CC BY 3.0, "
        "doi:10.4231/R7RX991C); other weights by the setting `weights`",
        generates=True,
        limits="Knows the bands, the scale and the kind of scene that it was trained on, and "
        "refuses other bands. `anyband-zoo train` makes weights for them.",
        source="Zhao et al., AnyBand-Diff, ICML 2026; Eq. 1, 2; Song et al., DDIM, ICLR 2021",
    )

    config_type = AnybandDiffConfig
    config: AnybandDiffConfig

    def reconstruct(
        self, observation: Observation, samples: int = 0, seed: int = 0
    ) -> Reconstruction:
        """Fill what the observation lacks; see `Model.reconstruct`.

        Raises:
            WeightsError: if the weights are not there, or damaged.
            ModelError: if the bands are not those of the weights.
        """
        from anyband_models.diffusion.repair import Sampling, repaired, sampled

        model = self._model(observation)
        draft = Draft(observation, samples)
        missing = draft.missing()
        learned = missing & np.array(model.spec.good)[:, np.newaxis]
        if learned.any():
            # As in training: what stands in bands that were not learned is not shown.
            good = np.array(model.spec.good)[:, np.newaxis, np.newaxis]
            values, mask = observation.values, observation.mask & good
            settings = Sampling(self.config.sampler, self.config.steps, self.config.paste, seed)
            mean, std = repaired(model, values, mask, self.config.tile)
            band, pixel = np.nonzero(learned)
            where = band, pixel
            draft.fill(where, as_pixels(mean)[where], as_pixels(std)[where])
            for number, sample in enumerate(draft.samples):
                drawn = sampled(model, values, mask, self.config.tile, settings, number)
                sample[where] = as_pixels(drawn)[where]
        rest = missing & ~learned
        interpolate(draft, rest, straight_line, MAX_GAP_NM, seed, Caution.FALLBACK)
        return draft.finish(_notes(model, observation, rest))

    def read(self) -> tuple["BandDiffusion", "ModelFile"]:
        """Read the weights, and what stands beside them.

        Raises:
            WeightsError: if they are not there, or damaged.
        """
        from anyband_models.diffusion.files import read_model

        return read_model(self._file())

    def weights_files(self) -> tuple[Path, ...]:
        """Return the JSON, which holds the weights' sha256."""
        return (self._file(),)

    def _file(self) -> Path:
        path = Path(self.config.weights) if self.config.weights else SHIPPED / "anyband-diff.json"
        return path / "model.json" if path.is_dir() else path

    def _model(self, observation: Observation) -> "BandDiffusion":
        model, _ = self.read()
        check_bands(np.asarray(model.spec.wavelength), observation.bands.wavelength)
        return model


def check_bands(theirs: Float[np.ndarray, " learned"], ours: Float[np.ndarray, " band"]) -> None:
    """Accept a scene whose bands are those that were learned.

    Args:
        theirs: band centres that were learned [nm].
        ours: the scene's [nm].

    Raises:
        ModelError: if they are others.
    """
    same = len(theirs) == len(ours) and bool(np.all(np.abs(theirs - ours) <= TOLERANCE_NM))
    if not same:
        raise ModelError(
            f"the weights are for {_listed(theirs)} and the scene has {_listed(ours)}"
            f"{_first_apart(theirs, ours)}; train weights for these bands with "
            "`anyband-zoo train`, or choose another model"
        )


def _first_apart(theirs: Float[np.ndarray, " band"], ours: Float[np.ndarray, " scene"]) -> str:
    """Return which band of as many is the first to differ, for lists too long to show it."""
    if len(theirs) != len(ours) or len(theirs) <= MOST_NAMED:
        return ""
    band = int(np.argmax(np.abs(theirs - ours) > TOLERANCE_NM))
    return f", of which band {band + 1} lies at {theirs[band]:.1f} and at {ours[band]:.1f} nm"


def _listed(wavelength: Float[np.ndarray, " band"]) -> str:
    """Return the bands in words: all of few, the ends of many."""
    centres = [f"{centre:g}" for centre in wavelength.round(1)]
    shown = centres if len(centres) <= MOST_NAMED else [*centres[:4], "...", *centres[-3:]]
    return f"{len(centres)} bands ({', '.join(shown)} nm)"


def _notes(
    model: "BandDiffusion", observation: Observation, rest: Bool[np.ndarray, "band pixel"]
) -> tuple[str, ...]:
    notes = []
    if rest.any():
        count = int(np.count_nonzero(rest.any(axis=1)))
        subject, verb = ("1 band was", "is") if count == 1 else (f"{count} bands were", "are")
        notes.append(f"{subject} not learned and {verb} interpolated in wavelength")
    scale = model.spec.normalisation
    margin = BEYOND * (scale.high - scale.low)
    known = observation.values[observation.mask]
    outside = np.count_nonzero((known < scale.low - margin) | (known > scale.high + margin))
    beyond = outside / max(1, known.size)
    if beyond > 0.01:
        notes.append(
            f"{beyond:.0%} of the observed values lie far outside those that were learned from "
            f"({scale.low:g} to {scale.high:g}): the weights are hardly for this scene"
        )
    return tuple(notes)
