"""The inverse network on noisy spectra of held-out canopies."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.band_response import GRID, sensor_response
from emulator_training.networks import BIOPHYSICAL
from emulator_training.parameters import NAMES
from emulator_training.score_posterior import ABSOLUTE_NOISE, RELATIVE_NOISE
from emulator_training.shard import spectra_of
from emulator_training.shipped.prosail_inverse import ProsailInverse
from emulator_training.validation.held_out import HeldOut
from physops import Bands
from srf_library import get

SENTINEL = "sentinel2a_msi"


def inverse_accuracy(folder: Path, canopies: HeldOut, seed: int = 0) -> dict[str, float]:
    """Return R² of each parameter, and the share of 90 % intervals that hold it, by name.

    From spectra at every nanometre, and from the bands of Sentinel-2; the angles are unknown. R²
    is with 1 % noise on what is measured, as is the error of the cycle; the intervals are with the
    noise that they are made for: that, and 0.002.

    Args:
        folder: of the weights.
        canopies: held out.
        seed: of the noise.
    """
    exact = torch.from_numpy(sensor_response(get(SENTINEL))).float()
    bands = HeldOut(canopies.kind, canopies.parameters, canopies.spectra @ exact.T)
    whole = ProsailInverse(Bands.at(GRID), folder=folder)
    few = ProsailInverse(Bands.of(SENTINEL), folder=folder)
    found = {}
    for what, inverse, seen in (("spectrum", whole, canopies), ("sentinel2", few, bands)):
        x = seen.noisy(seed, RELATIVE_NOISE, 0.0)
        truth = canopies.parameters[:, [NAMES.index(name) for name in BIOPHYSICAL]]
        expected = seen.noisy(seed, RELATIVE_NOISE, ABSOLUTE_NOISE)
        low, high = inverse.interval(expected, band_dim=-1)
        inside = ((truth >= low) & (truth <= high)).float().mean(dim=0)
        estimate = inverse(x, band_dim=-1)
        r2 = _r2(estimate, truth)
        found[f"{what}_cycle_rmse"] = cycle_error(estimate, canopies)
        for name, score, share in zip(BIOPHYSICAL, r2.tolist(), inside.tolist(), strict=True):
            found[f"{what}_r2_{name}"] = score
            found[f"{what}_coverage_{name}"] = share
        found[f"{what}_coverage"] = inside.mean().item()
    return found


def cycle_error(estimate: Float[Tensor, "sample biophysical"], canopies: HeldOut) -> float:
    """Return the RMSE over 400-2500 nm of what PROSAIL makes of estimates [1].

    From the spectra without noise. The inverse gives no angles: they are the true ones.
    """
    again = canopies.parameters.clone()
    again[:, [NAMES.index(name) for name in BIOPHYSICAL]] = estimate
    apart = torch.from_numpy(spectra_of(again.double().numpy())) - canopies.spectra
    return apart.square().mean().sqrt().item()


def _r2(
    got: Float[Tensor, "sample parameter"], truth: Float[Tensor, "sample parameter"]
) -> Float[Tensor, " parameter"]:
    return 1 - (got - truth).square().mean(dim=0) / truth.var(dim=0, correction=0)
