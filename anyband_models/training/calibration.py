"""How far a model's mean is off, learned on pixels that it was not trained on."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.distance import CELLS, cells, sums
from anyband_models.diffusion.interpolation import straight_lines
from anyband_models.training.masking import DualMasking

# Masks that are tried, and the quantile of a normal deviate that holds nine tenths.
_MASKS = 300
NINE_TENTHS = 1.645


def calibrate(
    model: BandDiffusion,
    images: list[Float[Tensor, "band row col"]],
    masking: DualMasking,
    seed: int,
) -> None:
    """Fit the model's error table, so that nine tenths of the errors lie within 1.645 of it.

    Args:
        model: its `error` is set.
        images: held out, normalised; NaN = not known.
        masking: draws what is missing.
        seed: of the masks.
    """
    rng = np.random.default_rng(seed)
    bands = len(model.spec.wavelength)
    total, count = torch.zeros(bands, CELLS), torch.zeros(bands, CELLS)
    trials = []
    for _ in range(_MASKS):
        image = images[int(rng.integers(len(images)))]
        valid = torch.isfinite(image)
        mask = torch.from_numpy(masking.mask(rng, image.shape[1:]))
        observed = mask if mask.shape[1] == 1 and bool(valid.all()) else mask & valid
        values = image.nan_to_num()
        error = (model.mean(values, observed) - values).abs()
        judged = valid & ~observed
        cell = cells(straight_lines(values, observed, model.wavelength)).expand(values.shape)
        more, seen = sums(error.square(), cell, judged)
        total, count = total + more, count + seen
        trials.append((error[judged][::7], cell[judged][::7], judged.nonzero()[::7, 0]))
    model.error.fit(total, count)
    error, cell, band = (torch.cat(parts) for parts in zip(*trials, strict=True))
    ratio = error / model.error.table[band, cell]
    for number in range(CELLS):
        inside = ratio[cell == number]
        if len(inside) >= 100:
            model.error.table[:, number] *= _quantile(inside, 0.9) / NINE_TENTHS


def _quantile(values: Tensor, share: float) -> Tensor:
    """`torch.quantile`, which refuses many values."""
    return values.kthvalue(max(1, round(share * len(values)))).values
