"""A whole image, repaired: tile by tile, in the image's own unit."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.consistency import Consistent
from anyband_models.diffusion.denoiser import Denoiser
from anyband_models.diffusion.guidance import Guidance, GuidanceRecord, Guided
from anyband_models.diffusion.random import normal
from anyband_models.diffusion.samplers import SAMPLERS
from anyband_models.diffusion.tiles import Tile, tiles

Cube = Float32[np.ndarray, "band y x"]
# Neighbouring tiles share this part of their length.
OVERLAP = 0.25


class Sampling(NamedTuple):
    """How samples are drawn.

    Attributes:
        sampler: a name of `SAMPLERS`.
        steps: of its ladder.
        paste: keep observed values in every step.
        seed: of the noise.
        guidance: by physics, if any.
    """

    sampler: str
    steps: int
    paste: bool
    seed: int
    guidance: Guidance | None = None


def repaired(
    model: BandDiffusion, values: Cube, mask: Bool[np.ndarray, "band y x"], tile: int
) -> tuple[Cube, Cube]:
    """Return the one-step mean of an image, and how far it is usually off [the image's unit].

    Args:
        model: for the image's bands.
        values: anything where not observed.
        mask: True = observed.
        tile: rows and columns that are computed at a time.
    """
    half = model.spec.normalisation.half

    def mean(part: Tensor, observed: Tensor, place: Tile) -> Tensor:
        return torch.stack([model.mean(part, observed), model.std(part, observed)])

    found = _assembled(model, values, mask, tile, mean, 2)
    return model.spec.normalisation.inverse(found[0]).numpy(), (half * found[1]).numpy()


def sampled(
    model: BandDiffusion,
    values: Cube,
    mask: Bool[np.ndarray, "band y x"],
    tile: int,
    sampling: Sampling,
    number: int = 0,
    records: list[GuidanceRecord] | None = None,
) -> Cube:
    """Return one sample of what an image may be [the image's unit].

    Args:
        model: for the image's bands.
        values: anything where not observed.
        mask: True = observed.
        tile: rows and columns that are computed at a time.
        sampling: how.
        number: which sample; each has its own noise, the same whatever the tiles are.
        records: what guidance finds is added to it.

    Raises:
        UsageError: if the ladder cannot have so many steps.
        InputError: if a target of the guidance is for an image of another size.
    """
    if sampling.guidance is not None:
        for target in sampling.guidance.targets:
            target.check(*values.shape[1:])
    ladder = model.spec.diffusion.schedule.ladder(sampling.steps)
    shape = values.shape

    def sample(part: Tensor, observed: Tensor, place: Tile) -> Tensor:
        problem = model.problem([part], [observed])

        def noise(step: int) -> Tensor:
            return normal(sampling.seed, number, step, shape, place.rows, place.cols)[None]

        denoiser: Denoiser = model.denoiser
        if sampling.paste:
            denoiser = Consistent(denoiser)
        if sampling.guidance is not None:
            guidance = sampling.guidance.part(place.rows, place.cols)
            guided = Guided(
                denoiser, guidance, problem, model.spec.normalisation, ladder,
                free=not sampling.paste,
            )  # fmt: skip
            denoiser = guided
        with torch.no_grad():
            start = ladder[0].float() * noise(0)
            latent = SAMPLERS[sampling.sampler](
                denoiser, start, ladder, problem.condition, lambda step: noise(step + 1)
            )
        if records is not None and sampling.guidance is not None:
            records.extend(guided.records)
        return problem.images(latent)

    found = _assembled(model, values, mask, tile, sample, 1)
    return model.spec.normalisation.inverse(found[0]).numpy()


def _assembled(
    model: BandDiffusion,
    values: Cube,
    mask: Bool[np.ndarray, "band y x"],
    tile: int,
    made: Callable[[Tensor, Tensor, Tile], Float[Tensor, "layer band row col"]],
    layers: int,
) -> Float[Tensor, "layer band y x"]:
    """Return what is made of each tile, blended where tiles overlap."""
    normalised = model.spec.normalisation.forward(torch.from_numpy(np.nan_to_num(values)))
    known = torch.from_numpy(mask)
    total = torch.zeros(layers, *values.shape)
    weight = torch.zeros(values.shape[1:])
    for place in tiles(values.shape[1], values.shape[2], tile, int(OVERLAP * tile)):
        observed = known[:, place.rows, place.cols]
        first = observed[:, :1, :1]
        part = normalised[:, place.rows, place.cols]
        same = bool((observed == first).all())
        layer = made(part, first if same else observed, place)
        total[:, :, place.rows, place.cols] += place.weight * layer
        weight[place.rows, place.cols] += place.weight
    return total / weight
