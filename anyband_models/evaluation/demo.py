"""The demo: a real scene, damaged the way instruments fail, repaired and judged."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from anyband_models.damage.protocols import draw
from anyband_models.evaluation.scores import Scores, peak_of, score
from anyband_models.evaluation.uncertainty import Tally
from anyband_models.models.contract import Reconstruction
from anyband_models.models.registry import create_model
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.outcome import Outcome
from anyband_models.repair.pipeline import observe, repair_scene
from anyband_models.scene.examples import indian_pines
from anyband_models.scene.scene import Scene, make_scene
from physops.bands import Bands

# From the middle line on these bands fail; the stripes run through the whole scene.
FAILING = "random-30"
# A tenth of the spectrum: with it go red and near infrared, and so NDVI.
FAILING_NM = (650.0, 845.0)
STRIPES = "stripes-5"
# Free in this scene, whose counts begin at 955.
NO_DATA = 0


@dataclass(frozen=True, eq=False)
class Demo:
    """What the demo did.

    Attributes:
        outcome: of the repair, as for any scene.
        truth: the values before the damage.
        removed: True = removed on purpose.
        scores: of the model.
        linear: of linear interpolation, on the same damage.
        spread: how honest the model's standard deviations are.
        linear_spread: the same of linear interpolation's.
        peak: of every PSNR: the range of the whole scene [unit of the scene].
    """

    outcome: Outcome
    truth: Float32[np.ndarray, "band y x"]
    removed: Bool[np.ndarray, "band y x"]
    scores: Scores
    linear: Scores
    spread: Tally
    linear_spread: Tally
    peak: float


def run_demo(config: RepairConfig) -> Demo:
    """Damage Indian Pines, repair it, and compare the result with linear interpolation.

    Args:
        config: of the repair; its seed also draws the damage.
    """
    sound = indian_pines()
    removed = failure(sound, config.seed)
    outcome = repair_scene(damaged(sound, removed), config)
    observation = observe(outcome.scene, outcome.damage)
    line = create_model("linear").reconstruct(observation)
    valid = np.isfinite(sound.values)
    peak = peak_of(sound.values, valid)
    bands = Bands(sound.wavelength, sound.fwhm, sound.good)

    def judged(made: Reconstruction) -> tuple[Scores, Tally]:
        return (
            score(sound.values, made.mean, removed, valid, bands, peak),
            Tally.of(
                sound.values, made.mean, made.std, removed & valid, observation.mask,
                sound.wavelength,
            ),
        )  # fmt: skip

    scores, spread = judged(outcome.reconstruction)
    linear, linear_spread = judged(line)
    return Demo(outcome, sound.values, removed, scores, linear, spread, linear_spread, peak)


def failure(scene: Scene, seed: int) -> Bool[np.ndarray, "band y x"]:
    """Return the entries that the demo removes.

    From the middle line on, 30 % of the bands and all those from red to near infrared are dead;
    all along the flight, a third of the bands have 5 % dead columns. The lines before the
    failure are what a statistical model can learn from.
    """
    shape = (scene.stored.shape[0], scene.stored.shape[1], scene.stored.shape[2])
    removed = draw(STRIPES, shape, scene.wavelength, scene.good, seed)
    dead = draw(FAILING, shape, scene.wavelength, scene.good, seed)
    low, high = FAILING_NM
    dead[(scene.wavelength >= low) & (scene.wavelength <= high)] = True
    removed[:, shape[1] // 2 :] |= dead[:, shape[1] // 2 :]
    return removed


def damaged(scene: Scene, removed: Bool[np.ndarray, "band y x"]) -> Scene:
    """Return the scene as a file would have it: no data where entries were removed."""
    meta = scene.meta.model_copy(update={"nodata": NO_DATA, "path": f"{scene.meta.path}_damaged"})
    stored = np.where(removed, scene.stored.dtype.type(NO_DATA), scene.stored)
    return make_scene(stored, meta, scene.wavelength, scene.fwhm, scene.good)
