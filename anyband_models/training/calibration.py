"""How far a model's mean is off, learned on pixels that it was not trained on."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.distance import CELLS, cells, companies, sums
from anyband_models.diffusion.interpolation import straight_lines
from anyband_models.training.masking import DualMasking

# Masks that are tried.
_MASKS = 300
# Each so-manieth entry is kept for quantiles, and these need so many.
_THINNED, _ENOUGH = 7, 100
# A model that makes no error on held-out pixels makes some elsewhere.
_LEAST = 1e-3
# Distances and numbers of bands are scaled in turn.
_ROUNDS = 3
NINE_TENTHS = 1.645  # standard deviations of a normal error that hold nine tenths


def calibrate(
    model: BandDiffusion,
    images: list[Float[Tensor, "band _ _"]],
    masking: DualMasking,
    seed: int,
) -> None:
    """Fit the model's standard deviations, so that nine tenths of the errors lie within 1.645.

    They do so at each distance from what is observed, and for each number of observed bands: after
    a gap, and with three bands left, an entry may be as far from the next, and errs differently.

    Args:
        model: its `error` and `company` are set.
        images: held out, normalised; NaN = not known.
        masking: draws what is missing.
        seed: of the masks.
    """
    trials = _trials(model, images, masking, seed)
    model.error.fit(trials.total, trials.counts)
    ratio = trials.error / model.error.table[trials.band, trials.cell]
    model.company.fill_(1.0)
    for _ in range(_ROUNDS):
        for kind, scales in ((trials.cell, model.error.table.T), (trials.company, model.company)):
            factor = _factors(ratio, kind, len(scales))
            scales *= factor.reshape(-1, *(1,) * (scales.ndim - 1))
            ratio = ratio / factor[kind]


class _Trials(NamedTuple):
    """What the model made of missing entries.

    Attributes:
        total: sums of squared errors by band and cell.
        counts: how many there were.
        error: of some of them, its size.
        band: of each of these.
        cell: see `distance.cells`.
        company: see `distance.companies`.
    """

    total: Float[Tensor, "band cell"]
    counts: Float[Tensor, "band cell"]
    error: Float[Tensor, " entry"]
    band: Int[Tensor, " entry"]
    cell: Int[Tensor, " entry"]
    company: Int[Tensor, " entry"]


def _trials(
    model: BandDiffusion,
    images: list[Float[Tensor, "band _ _"]],
    masking: DualMasking,
    seed: int,
) -> _Trials:
    rng = np.random.default_rng(seed)
    bands = len(model.spec.wavelength)
    total, count = torch.zeros(bands, CELLS), torch.zeros(bands, CELLS)
    entries = []
    for _ in range(_MASKS):
        image = images[int(rng.integers(len(images)))]
        valid = torch.isfinite(image)
        mask = torch.from_numpy(masking.mask(rng, image.shape[1:]))
        observed = mask if mask.shape[1] == 1 and bool(valid.all()) else mask & valid
        values = image.nan_to_num()
        error = (model.mean(values, observed) - values).abs()
        judged = valid & ~observed
        cell = cells(straight_lines(values, observed, model.wavelength)).expand(values.shape)
        company = companies(observed).expand(values.shape)
        more, seen = sums(error.square(), cell, judged)
        total, count = total + more, count + seen
        some = (error[judged], judged.nonzero()[:, 0], cell[judged], company[judged])
        entries.append([column[::_THINNED] for column in some])
    return _Trials(total, count, *(torch.cat(column) for column in zip(*entries, strict=True)))


def _factors(
    ratio: Float[Tensor, " entry"], kind: Int[Tensor, " entry"], kinds: int
) -> Float[Tensor, " kind"]:
    """Return by how much each kind's standard deviations are too small; 1 where few were seen."""
    factors = torch.ones(kinds)
    for number in range(kinds):
        inside = ratio[kind == number]
        if len(inside) >= _ENOUGH:
            factors[number] = (_quantile(inside, 0.9) / NINE_TENTHS).clamp(min=_LEAST)
    return factors


def _quantile(values: Tensor, share: float) -> Tensor:
    """`torch.quantile`, which refuses many values."""
    return values.kthvalue(max(1, round(share * len(values)))).values
