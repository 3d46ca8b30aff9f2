"""The autoencoder on spectra of PROSAIL, and on spectra that it could not have made."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.band_response import GRID
from emulator_training.shipped.prosail_manifold import ProsailManifold
from emulator_training.validation.held_out import HeldOut
from emulator_training.weights import read
from physops import Bands


def manifold_accuracy(folder: Path, canopies: HeldOut) -> dict[str, float]:
    """Return the errors of reconstruction [1], beside those of as many principal components.

    Args:
        folder: of the weights.
        canopies: held out.
    """
    manifold = ProsailManifold(Bands.at(GRID), folder=folder)
    residual = manifold.residual(canopies.spectra, band_dim=-1)
    typical = residual.median().item()
    strange = manifold.residual(strangers(), band_dim=-1)
    rmse = residual.square().mean().sqrt().item()
    principal = _principal(folder, canopies, manifold.card.whole("size"))
    return {
        "rmse": rmse,
        "rmse_of_principal_components": principal,
        "rmse_in_that_of_principal_components": rmse / principal,
        "median_residual": typical,
        "least_ratio_of_strangers": strange.min().item() / typical,
        "median_gate": manifold.gate(canopies.spectra, band_dim=-1).median().item(),
        "largest_gate_of_strangers": manifold.gate(strangers(), band_dim=-1).max().item(),
    }


def strangers() -> Float[Tensor, "kind wavelength"]:
    """Return spectra that are not vegetation's: flat ones, and a ramp such as dry soils have."""
    flat = [np.full(len(GRID), level) for level in (0.1, 0.3, 0.5)]
    ramp = 0.05 + 0.35 * (1 - np.exp(-(GRID - 400) / 500))
    return torch.from_numpy(np.stack([*flat, ramp])).float()


def _principal(folder: Path, canopies: HeldOut, size: int) -> float:
    basis = read("prosail_manifold", folder).basis
    spectra = canopies.spectra.double().numpy()
    scores = basis.scores(spectra)
    scores[:, size:] = 0
    return float(np.sqrt(np.mean((basis.spectra(scores) - spectra) ** 2)))
