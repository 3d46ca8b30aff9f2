"""Samplers: plain functions of a denoiser, a start and a ladder.

The start is noise as large as the ladder's first rung; the last rung is 0, and what stands on it
is the denoiser's own clean image.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.condition import Condition
from anyband_models.diffusion.denoiser import Denoiser

Noise = Callable[[int], Tensor]
"""Standard normal numbers for a step, in the shape of the images."""
Sampler = Callable[[Denoiser, Tensor, Tensor, Condition, Noise], Tensor]


def _at(rung: Tensor, x: Tensor) -> Tensor:
    return rung.to(x).expand(len(x))


def ddim(
    denoiser: Denoiser,
    start: Float[Tensor, "batch band row col"],
    ladder: Float[Tensor, " rung"],
    condition: Condition,
    noise: Noise,
) -> Float[Tensor, "batch band row col"]:
    """Return samples by DDIM without noise: Euler's method in the noise.

    Source: Song et al., *Denoising diffusion implicit models*, ICLR 2021, Eq. 12, 13 with
    sigma_t = 0.
    """
    x = start
    for now, after in pairwise(ladder):
        clean = denoiser(x, _at(now, x), condition)
        x = clean + (after / now).to(x) * (x - clean)
    return x


def ancestral(
    denoiser: Denoiser,
    start: Float[Tensor, "batch band row col"],
    ladder: Float[Tensor, " rung"],
    condition: Condition,
    noise: Noise,
) -> Float[Tensor, "batch band row col"]:
    """Return samples by the reverse chain itself, with fresh noise at each step.

    Source: Ho et al., *Denoising diffusion probabilistic models*, NeurIPS 2020, Eq. 6, 7; Song et
    al. 2021, Eq. 16 with eta = 1.
    """
    x = start
    for step, (now, after) in enumerate(pairwise(ladder)):
        clean = denoiser(x, _at(now, x), condition)
        fresh = (after**2 * (now**2 - after**2) / now**2).sqrt()
        kept = (after**2 / now**2).to(x)
        x = clean + kept * (x - clean)
        if after > 0:
            x = x + fresh.to(x) * noise(step)
    return x


def dpm_solver(
    denoiser: Denoiser,
    start: Float[Tensor, "batch band row col"],
    ladder: Float[Tensor, " rung"],
    condition: Condition,
    noise: Noise,
) -> Float[Tensor, "batch band row col"]:
    """Return samples by DPM-Solver++(2M): second order from the step before; the last is first.

    Source: Lu et al., *DPM-Solver++*, 2022, algorithm 2.
    """
    x, earlier, width = start, None, None
    for now, after in pairwise(ladder):
        clean = denoiser(x, _at(now, x), condition)
        if after == 0:
            return clean
        stride = torch.log(now / after)
        seen = clean
        if earlier is not None and width is not None:
            ratio = (0.5 * stride / width).to(x)
            seen = (1 + ratio) * clean - ratio * earlier
        x = seen + (after / now).to(x) * (x - seen)
        earlier, width = clean, stride
    return x


def heun(
    denoiser: Denoiser,
    start: Float[Tensor, "batch band row col"],
    ladder: Float[Tensor, " rung"],
    condition: Condition,
    noise: Noise,
) -> Float[Tensor, "batch band row col"]:
    """Return samples by Heun's method: two calls a step, one at the last.

    Source: Karras et al., *Elucidating the design space of diffusion-based generative models*,
    NeurIPS 2022, algorithm 1.
    """
    x = start
    for now, after in pairwise(ladder):
        clean = denoiser(x, _at(now, x), condition)
        if after == 0:
            return clean
        slope = (x - clean) / now.to(x)
        straight = x + (after - now).to(x) * slope
        further = (straight - denoiser(straight, _at(after, x), condition)) / after.to(x)
        x = x + (after - now).to(x) * (slope + further) / 2
    return x


SAMPLERS: dict[str, Sampler] = {
    "ancestral": ancestral,
    "ddim": ddim,
    "dpm++": dpm_solver,
    "heun": heun,
}
