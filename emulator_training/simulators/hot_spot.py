"""The hot spot: leaves that the sun sees are seen more often from where the sun is."""

import torch
from jaxtyping import Float64
from torch import Tensor

from emulator_training.simulators.architecture import Architecture
from emulator_training.simulators.prospect import at_least

STEPS = 20
# So small a hot spot has none, and is not divided by.
LEAST = 1e-14


def hot_spot(
    canopy: Architecture,
    lai: Float64[Tensor, "*batch 1"],
    size: Float64[Tensor, "*batch 1"],
) -> tuple[Float64[Tensor, "*batch 1"], Float64[Tensor, "*batch 1"]]:
    """Return how much of the soil, and of the leaves on average, is both sunlit and seen.

    Kuusk (1991), "The hot spot effect in plant canopy reflectance", with the integral over the
    canopy's depth of Verhoef et al. (2007): 20 steps, wide where little changes. Their steps end at
    x = -log(1 - i (1 - exp(-alf)) / 20) / alf, so that exp(-alf x) is known; what is divided by alf
    is written so that it has its limit where alf is zero.

    Args:
        canopy: the canopy, and the angles.
        lai: leaf area index [1].
        size: of the hot spot: the leaves' over the canopy's [1].
    """
    none = (size < LEAST) / LEAST  # along the sun too
    alf = none + 2 * canopy.apart / (at_least(size, LEAST) * (canopy.ks + canopy.ko))
    part = torch.arange(STEPS + 1, dtype=alf.dtype, device=alf.device) / STEPS
    reach = decay_ratio(alf) * part
    depth = reach[..., :-1] * _log_ratio(part[:-1] * -torch.expm1(-alf))
    depth = torch.cat([depth, torch.ones_like(alf)], dim=-1)
    seen = lai * ((canopy.ks * canopy.ko).sqrt() * reach - (canopy.ks + canopy.ko) * depth)
    steps = depth.diff(dim=-1) * seen[..., :-1].exp() * decay_ratio(-seen.diff(dim=-1))
    return seen[..., -1:].exp(), steps.sum(dim=-1, keepdim=True)


def decay_ratio(x: Float64[Tensor, "*any"]) -> Float64[Tensor, "*any"]:
    """Return (1 - exp(-x)) / x, which is one at zero."""
    small = x.abs() < 1e-3
    safe = torch.where(small, 1, x)
    series = 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5)))
    return torch.where(small, series, -torch.expm1(-safe) / safe)


def _log_ratio(x: Float64[Tensor, "*any"]) -> Float64[Tensor, "*any"]:
    """Return -log(1 - x) / x, which is one at zero."""
    small = x < 1e-3
    safe = torch.where(small, 0.5, x)
    series = 1 + x * (1 / 2 + x * (1 / 3 + x * (1 / 4 + x / 5)))
    return torch.where(small, series, -torch.log1p(-safe) / safe)
