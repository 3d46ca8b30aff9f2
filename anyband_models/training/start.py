"""From a config and its scenes to a run that can begin."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.distance import ALONE
from anyband_models.diffusion.ground import FromLines
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.spec import ModelSpec
from anyband_models.errors import InputError
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene
from anyband_models.scene.windows import SAMPLE_SIDE, SAMPLE_WINDOWS, WindowedScene
from anyband_models.training.batches import Batches
from anyband_models.training.config import TrainingConfig
from anyband_models.training.imagery import (
    Cube,
    Part,
    ends_of,
    evenly,
    imagery_of,
    split,
    windows_of_all,
)
from anyband_models.training.loop import Run
from anyband_models.training.masking import DualMasking
from anyband_models.training.patches import Patches
from anyband_models.training.physics import PhysicsLoss
from anyband_models.training.processes import Processes
from physops.priors import correlation_prior

Pixels = Scene | WindowedScene
# Ranges of values, lines and the like are learned from so many windows of so many rows and columns
# of all scenes together, or from all that there is, if that is less; errors from so many held out.
_WINDOWS, _SIDE = SAMPLE_WINDOWS, SAMPLE_SIDE
_HELD_OUT_WINDOWS, _HELD_OUT_SIDE = 16, 128
# Lines are tried on so many spectra, behind so many masks.
_TRIAL_SPECTRA, _TRIAL_MASKS = 20_000, 400


def start(scenes: Sequence[Pixels], config: TrainingConfig, processes: Processes) -> Run:
    """Return a run that has not taken a step.

    Args:
        scenes: in the order of the config's; in memory, or in their files.
        config: of the run.
        processes: that share the work.

    Raises:
        InputError: if the scenes have different bands, or nothing sound to learn from.
    """
    first = scenes[0]
    for scene in scenes[1:]:
        _check_same_bands(first, scene)
    parts = [split(imagery_of(scene), config.region, config.validation) for scene in scenes]
    learned, below = zip(*parts, strict=True)
    seen = windows_of_all(learned, _SIDE, _WINDOWS)
    _check_sound(evenly(scenes, _WINDOWS), evenly(learned, _WINDOWS), seen)
    windows = [window for some in seen for window in some]
    normalisation = _normalisation(learned, windows)
    images, held_out = (
        [normalisation.forward(torch.from_numpy(window)) for window in some]
        for some in (windows, _held_out(below))
    )
    good = np.any([np.isfinite(window).any(axis=(1, 2)) for window in windows], axis=0)
    spec = spec_of(first, scenes, config, normalisation, good)
    torch.manual_seed(config.seed)
    model = BandDiffusion(spec)
    masking = DualMasking(config.masking, spec.bands)
    held_out = [image for image in held_out if torch.isfinite(image).any()]
    _fit_lines(model, images, masking, config.seed, expected=not held_out)
    patches = [Patches(part, normalisation, config.patch, config.stride) for part in learned]
    _check_same_shape(scenes, patches)
    physics = _physics(config, spec, images, patches[0].shape, processes)
    batches = Batches(patches, masking, model, config)
    notes = _notes(masking, held_out, physics)
    return Run(model, batches, held_out, config, physics, processes, notes)


def _physics(
    config: TrainingConfig,
    spec: ModelSpec,
    images: list[Tensor],
    shape: tuple[int, int],
    processes: Processes,
) -> PhysicsLoss | None:
    if not config.loss.physics:
        return None
    pixels = torch.cat([image.flatten(1) for image in images], dim=1)
    prior = correlation_prior(pixels, band_dim=0)
    reflectance = spec.quantity == Quantity.REFLECTANCE.value
    return PhysicsLoss(
        config.loss, spec.bands, spec.normalisation, prior, reflectance, min(shape)
    ).to(processes.device)


def _notes(
    masking: DualMasking, held_out: list[Tensor], physics: PhysicsLoss | None
) -> tuple[str, ...]:
    notes = [] if physics is None else list(physics.left_out)
    if masking.config.sensor and not masking.views:
        notes.append("no sensor sees two of the scene's bands: patches are seen by the scene's own")
    if not held_out:
        notes.append(
            "no row is held out: nothing is validated, and standard deviations are those of "
            "straight lines, which a model that has learned anything does not reach"
        )
    return tuple(notes)


def spec_of(
    first: Pixels,
    scenes: Sequence[Pixels],
    config: TrainingConfig,
    normalisation: Normalisation,
    good: np.ndarray,
) -> ModelSpec:
    """Return what the model of a run is."""
    return ModelSpec(
        network=config.network,
        diffusion=config.diffusion,
        normalisation=normalisation,
        wavelength=tuple(first.wavelength.tolist()),
        fwhm=tuple(None if np.isnan(width) else float(width) for width in first.fwhm),
        good=tuple(good.tolist()),
        quantity=first.meta.quantity.value,
        patch=config.patch,
        trained_on=tuple(f"{scene.meta.path} ({config.region})" for scene in scenes),
    )


def _held_out(parts: Sequence[Part]) -> list[Cube]:
    """Return windows of rows that are not learned from."""
    some = [part for part in parts if all(part.shape)]
    # A network takes each as one image, which must not be large.
    how = _HELD_OUT_SIDE, _HELD_OUT_WINDOWS, _HELD_OUT_SIDE**2
    found = windows_of_all(some, *how) if some else []
    return [window for windows in found for window in windows]


def _normalisation(parts: Sequence[Part], windows: list[Cube]) -> Normalisation:
    """Return that of all that is in memory, or of windows of what is not."""
    ends = [part.ends() for part in parts if part.in_memory] or [ends_of(w) for w in windows]
    return Normalisation.of(np.array(ends, dtype=np.float32))


def _check_sound(scenes: Sequence[Pixels], parts: Sequence[Part], seen: list[list[Cube]]) -> None:
    """Refuse a scene that was seen as a whole without a sound value, or scenes that all were."""
    sound = [any(np.isfinite(window).any() for window in windows) for windows in seen]
    for scene, part, windows, fine in zip(scenes, parts, seen, sound, strict=True):
        whole = sum(window[0].size for window in windows) == part.shape[1] * part.shape[2]
        if not fine and (whole or not any(sound)):
            raise InputError(
                f"{scene.meta.path} has no sound value in the region to be trained on; leave it "
                "out, or choose region: all"
            )


def _check_same_bands(first: Pixels, other: Pixels) -> None:
    same = first.wavelength.shape == other.wavelength.shape and np.allclose(
        first.wavelength, other.wavelength, atol=0.5
    )
    if not same:
        raise InputError(
            f"{other.meta.path} has {len(other.wavelength)} bands "
            f"({_ends(other.wavelength)}) and {first.meta.path} has {len(first.wavelength)} "
            f"({_ends(first.wavelength)}); train one model for each kind of bands"
        )


def _ends(wavelength: Float[np.ndarray, " band"]) -> str:
    return f"{wavelength.min():g}-{wavelength.max():g} nm"


def _check_same_shape(scenes: Sequence[Pixels], patches: list[Patches]) -> None:
    for scene, some in zip(scenes[1:], patches[1:], strict=True):
        if some.shape != patches[0].shape:
            raise InputError(
                f"{scene.meta.path} allows patches of {some.shape[0]} x {some.shape[1]} pixels and "
                f"{scenes[0].meta.path} of {patches[0].shape[0]} x {patches[0].shape[1]}; choose "
                "a smaller patch, which fits into the region of each"
            )


def _fit_lines(
    model: BandDiffusion, images: list[Tensor], masking: DualMasking, seed: int, expected: bool
) -> None:
    """Learn how far lines are off: what the model starts from, and what it is expected to reach."""
    if isinstance(model.ground, FromLines):
        lines = model.ground
    elif expected:
        lines = FromLines(model.wavelength)
    else:
        return
    _fit(lines, images, masking, seed)
    if expected:
        model.error.table.copy_(lines.error.table)
        model.error.table[:, ALONE] = lines.spread


def _fit(lines: FromLines, images: list[Tensor], masking: DualMasking, seed: int) -> None:
    """Fit on complete pixels, behind masks of the run's own kinds."""
    rng = np.random.default_rng(seed)
    spectra = torch.cat([image.flatten(1) for image in images], dim=1).T
    good = torch.from_numpy(masking.good)
    complete = spectra[torch.isfinite(spectra[:, good]).all(dim=1)].nan_to_num()
    if len(complete) < 2:
        raise InputError(
            "no two pixels of the region to be trained on have all bands; mark the bands that are "
            "missing everywhere as bad, or choose base: none with some validation"
        )
    chosen = complete[torch.from_numpy(rng.permutation(len(complete))[:_TRIAL_SPECTRA])]
    masks = [masking.mask(rng, (1, 1))[:, 0, 0] for _ in range(_TRIAL_MASKS)]
    lines.fit(chosen, masks)
