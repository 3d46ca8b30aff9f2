"""The inverse network on noisy spectra of held-out canopies."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.band_response import GRID, sensor_response
from emulator_training.fit.inverse import view_of
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

    From spectra at every nanometre, and from the bands of Sentinel-2; the angles are unknown, or
    known where ``angles`` is in the name. R² is with 1 % noise on what is measured, as is the error
    of the cycle; the intervals are with the noise that they are made for: that, and 0.002.

    Args:
        folder: of the weights.
        canopies: held out.
        seed: of the noise.
    """
    exact = torch.from_numpy(sensor_response(get(SENTINEL))).float()
    bands = HeldOut(canopies.kind, canopies.parameters, canopies.spectra @ exact.T)
    found: dict[str, float] = {}
    for what, of, seen in (
        ("spectrum", Bands.at(GRID), canopies),
        ("sentinel2", Bands.of(SENTINEL), bands),
    ):
        inverse = ProsailInverse(of, folder=folder)
        parts = _accuracy(inverse, seen, seed)
        estimate = inverse(seen.noisy(seed, RELATIVE_NOISE, 0.0), band_dim=-1)
        parts["cycle_rmse"] = cycle_error(estimate, canopies)
        noisy = seen.noisy(seed, RELATIVE_NOISE, ABSOLUTE_NOISE)
        out = inverse.out_of_range(noisy, band_dim=-1)
        parts["share_out_of_range"] = (out > 0).float().mean().item()
        # An operator has the angles of a whole image; here each canopy has its own.
        inverse.view = view_of(canopies.parameters, torch.ones(len(canopies.parameters)))
        angles = _accuracy(inverse, seen, seed)
        gain = [angles[f"r2_{name}"] - parts[f"r2_{name}"] for name in BIOPHYSICAL]
        parts["least_r2_by_angles"] = min(gain)
        parts |= {f"angles_{name}": value for name, value in angles.items()}
        found |= {f"{what}_{name}": value for name, value in parts.items()}
    return found


def _accuracy(inverse: ProsailInverse, seen: HeldOut, seed: int) -> dict[str, float]:
    truth = seen.parameters[:, [NAMES.index(name) for name in BIOPHYSICAL]]
    low, high = inverse.interval(seen.noisy(seed, RELATIVE_NOISE, ABSOLUTE_NOISE), band_dim=-1)
    inside = ((truth >= low) & (truth <= high)).float().mean(dim=0)
    r2 = _r2(inverse(seen.noisy(seed, RELATIVE_NOISE, 0.0), band_dim=-1), truth)
    found = {"coverage": inside.mean().item()}
    for name, score, share in zip(BIOPHYSICAL, r2.tolist(), inside.tolist(), strict=True):
        found |= {f"r2_{name}": score, f"coverage_{name}": share}
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
