"""The main job, readable in one sitting."""

import time
from dataclasses import replace

import numpy as np

from anyband_models.damage.damage import Damage
from anyband_models.damage.detect import detect
from anyband_models.errors import InputError, ModelError
from anyband_models.models.contract import Caution, Model, Observation, Origin, Reconstruction
from anyband_models.models.registry import create_model
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.outcome import Outcome
from anyband_models.scene.encoding import encode
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene
from physops.bands import Bands


def repair_scene(
    scene: Scene, config: RepairConfig | None = None, damage: Damage | None = None
) -> Outcome:
    """Fill what is missing or damaged in a scene and leave the rest as it was.

    Args:
        scene: as it was read.
        config: the model and its settings; `anyband` with its own if left out.
        damage: what to repair; what `detect` finds if left out.

    Raises:
        InputError: if the scene holds no trustworthy value at all.
        ModelError: if the model cannot serve the scene.
        QualityError: if a measured value would not leave as it came.
    """
    start = time.perf_counter()
    config = RepairConfig() if config is None else config
    damage = detect(scene) if damage is None else damage
    observation = observe(scene, damage)
    model = model_for(scene, config)
    reconstruction = model.reconstruct(observation, config.samples, config.seed)
    if config.max_gap_nm is not None:
        reconstruction = refuse_long_gaps(reconstruction)
    stored = encode(reconstruction.mean, reconstruction.repaired, scene.stored, scene.meta)
    seconds = time.perf_counter() - start
    return Outcome(scene, damage, reconstruction, stored, config, seconds).checked()


def observe(scene: Scene, damage: Damage) -> Observation:
    """Return what is known of a scene once its damage is set aside.

    Raises:
        InputError: if that is nothing.
    """
    if damage.missing.all():
        causes = ", ".join(sorted({finding.cause for finding in damage.findings}))
        raise InputError(
            f"the scene has no usable value: every entry is missing ({causes}); "
            "check its no-data value (--nodata) and its bad-band list"
        )
    bands = Bands(scene.wavelength, scene.fwhm, scene.good)
    return Observation(scene.values, ~damage.missing, bands, quantity=scene.meta.quantity)


def model_for(scene: Scene, config: RepairConfig) -> Model:
    """Build the model, and see that it can serve the scene's quantity.

    Raises:
        ModelError: if the model needs reflectance and the scene is something else.
    """
    gap = {} if config.max_gap_nm is None else {"max_gap_nm": config.max_gap_nm}
    model = create_model(config.model, **{**config.settings, **gap})
    if model.card.needs_reflectance and scene.meta.quantity is not Quantity.REFLECTANCE:
        raise ModelError(
            f"model {config.model!r} needs reflectance and the scene is {scene.meta.quantity.value}"
            "; convert the scene, or choose a model that does not (anyband-zoo list)"
        )
    return model


def refuse_long_gaps(reconstruction: Reconstruction) -> Reconstruction:
    """Take back what was interpolated across too wide a gap."""
    long = (reconstruction.caution & np.uint8(Caution.LONG_GAP)) != 0
    nothing, samples = np.float32(np.nan), reconstruction.samples
    return replace(
        reconstruction,
        mean=np.where(long, nothing, reconstruction.mean),
        std=np.where(long, nothing, reconstruction.std),
        samples=None if samples is None else np.where(long, nothing, samples),
        provenance=np.where(long, np.uint8(Origin.REFUSED), reconstruction.provenance),
    )
