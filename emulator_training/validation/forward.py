"""The emulator against PROSAIL: values, gradients, and what it says of its own errors."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.fit.forward import NINE_TENTHS
from emulator_training.networks import ranges
from emulator_training.parameters import NAMES
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.simulators.prosail import Prosail
from emulator_training.validation.held_out import HeldOut

# Gradients are compared on so many canopies.
_GRADIENTS = 200


def errors(emulator: ProsailEmulator, canopies: HeldOut) -> Float[Tensor, "sample wavelength"]:
    """Return what the emulator gives, less what PROSAIL does [1]."""
    return emulator(canopies.parameters, band_dim=-1) - canopies.spectra


def forward_accuracy(emulator: ProsailEmulator, canopies: HeldOut) -> dict[str, float]:
    """Return the accuracy by name: values, gradients, intervals.

    Args:
        emulator: built for 400-2500 nm.
        canopies: held out.
    """
    apart = errors(emulator, canopies)
    std = emulator.std(canopies.parameters, band_dim=-1)
    spread = canopies.spectra.var(dim=0, correction=0)
    cosine = gradient_cosines(emulator, canopies)
    return {
        "rmse": apart.square().mean().sqrt().item(),
        "bias": apart.mean().item(),
        "worst_of_99_percent": apart.abs().amax(dim=-1).quantile(0.99).item(),
        "worst": apart.abs().max().item(),
        "least_r2_of_a_band": (1 - apart.square().mean(dim=0) / spread).min().item(),
        "coverage_of_90_percent": (apart.abs() <= NINE_TENTHS * std).float().mean().item(),
        "median_gradient_cosine": cosine.median().item(),
        "gradient_cosine_of_95_percent": cosine.quantile(0.05).item(),
    }


def gradient_cosines(emulator: ProsailEmulator, canopies: HeldOut) -> Float[Tensor, " sample"]:
    """Return the cosines between the emulator's gradients and the exact ones.

    Of the mean squared distance from another canopy's spectrum, by the parameters in parts of
    their ranges.
    """
    parameters = canopies.parameters[:_GRADIENTS].double()
    wanted = canopies.spectra[:_GRADIENTS].double().roll(1, dims=0)
    model = Prosail()

    def gradient(simulate: Callable[[Tensor], Tensor]) -> Tensor:
        at = parameters.clone().requires_grad_()
        distance = (simulate(at) - wanted).square().mean(dim=-1).sum()
        (slope,) = torch.autograd.grad(distance, at)
        return slope * ranges(NAMES, slope)[1]

    ours = gradient(lambda at: emulator(at, band_dim=-1))
    return torch.nn.functional.cosine_similarity(ours, gradient(model), dim=-1)
