"""From a config and its scenes to a run that can begin."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.damage.detect import detect
from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.ground import FromLines
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.spec import ModelSpec
from anyband_models.errors import InputError
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene
from anyband_models.training.batches import Batches
from anyband_models.training.config import TrainingConfig
from anyband_models.training.loop import Run
from anyband_models.training.masking import DualMasking
from anyband_models.training.patches import Patches, region_of
from anyband_models.training.physics import PhysicsLoss
from anyband_models.training.processes import Processes
from physops.priors import correlation_prior

# Lines are tried on so many spectra, behind so many masks.
_TRIAL_SPECTRA, _TRIAL_MASKS = 20_000, 400


def start(scenes: list[Scene], config: TrainingConfig, processes: Processes) -> Run:
    """Return a run that has not taken a step.

    Args:
        scenes: in the order of the config's.
        config: of the run.
        processes: that share the work.

    Raises:
        InputError: if the scenes have different bands, or nothing sound to learn from.
    """
    first = scenes[0]
    for scene in scenes[1:]:
        _check_same_bands(first, scene)
    regions = [_sound(scene, config) for scene in scenes]
    if not all(np.isfinite(region).any() for region in regions):
        raise InputError("a scene has no sound value in the region to be trained on")
    normalisation = Normalisation.of(np.concatenate([region.ravel() for region in regions]))
    whole = [normalisation.forward(torch.from_numpy(region)) for region in regions]
    images, held_out = zip(*[_split(image, config.validation) for image in whole], strict=True)
    good = np.any([np.isfinite(region).any(axis=(1, 2)) for region in regions], axis=0)
    spec = spec_of(first, scenes, config, normalisation, good)
    torch.manual_seed(config.seed)
    model = BandDiffusion(spec)
    masking = DualMasking(config.masking, spec.bands)
    if isinstance(model.ground, FromLines):
        _fit_lines(model.ground, list(images), masking, config.seed)
    patches = [Patches(image, config.patch, config.stride) for image in images]
    physics = None
    if config.loss.physics:
        pixels = torch.cat([image.flatten(1) for image in images], dim=1)
        prior = correlation_prior(pixels, band_dim=0)
        reflectance = first.meta.quantity == Quantity.REFLECTANCE
        physics = PhysicsLoss(
            config.loss, spec.bands, normalisation, prior, reflectance, config.patch
        )
    batches = Batches(patches, masking, model, config)
    return Run(model, batches, list(held_out), config, physics, processes)


def spec_of(
    first: Scene,
    scenes: list[Scene],
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


def _sound(scene: Scene, config: TrainingConfig) -> Float[np.ndarray, "band y x"]:
    values = np.where(detect(scene).missing, np.float32(np.nan), scene.values)
    return np.ascontiguousarray(region_of(values, config.region))


def _split(image: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Return the rows that are learned from, and those below them that are not."""
    held_out = min(round(share * image.shape[1]), image.shape[1] - 1)
    return image[:, : image.shape[1] - held_out], image[:, image.shape[1] - held_out :]


def _check_same_bands(first: Scene, other: Scene) -> None:
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


def _fit_lines(ground: FromLines, images: list[Tensor], masking: DualMasking, seed: int) -> None:
    """Learn how far lines are off, on complete pixels, behind masks of the run's own kinds."""
    rng = np.random.default_rng(seed)
    spectra = torch.cat([image.flatten(1) for image in images], dim=1).T
    good = torch.from_numpy(masking.good)
    complete = spectra[torch.isfinite(spectra[:, good]).all(dim=1)].nan_to_num()
    if len(complete) < 2:
        raise InputError(
            "no two pixels of the region to be trained on have all bands; choose base: none, or "
            "mark the bands that are missing everywhere as bad"
        )
    chosen = complete[torch.from_numpy(rng.permutation(len(complete))[:_TRIAL_SPECTRA])]
    masks = [masking.second(rng, (1, 1))[:, 0, 0] for _ in range(_TRIAL_MASKS)]
    ground.fit(chosen, masks)
