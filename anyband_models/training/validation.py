"""How well a run repairs the part of its region that it does not learn from."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from anyband_models.damage.protocols import draw
from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.interpolation import straight_lines
from anyband_models.errors import UsageError

FAMILIES = ("random-10", "random-50", "random-90", "gap-20", "k7", "k5", "k3")


class Repaired(NamedTuple):
    """A family of masks on held-out pixels.

    Attributes:
        model: PSNR of the one-step mean over the missing entries, peak 2 (the scale's) [dB].
        linear: of straight lines in wavelength.
    """

    model: float
    linear: float


def validate(
    model: BandDiffusion, images: list[Float[Tensor, "band _ _"]], seeds: int = 2
) -> dict[str, Repaired]:
    """Return what each family comes to; families that the bands do not allow are left out.

    Args:
        model: whose one-step mean is judged.
        images: held out, normalised; NaN = not known.
        seeds: masks of each family.
    """
    found = {}
    bands = model.spec.bands
    for family in FAMILIES:
        ours, lines, count = 0.0, 0.0, 0
        for image in images:
            shape = (len(bands), 1, 1)
            for seed in range(seeds):
                try:
                    missing = draw(family, shape, bands.wavelength, bands.good, seed)
                except UsageError:  # more bands to be kept than there are
                    continue
                kept = torch.from_numpy(~missing & bands.good[:, None, None])
                valid = torch.isfinite(image)
                observed = kept if valid[torch.from_numpy(bands.good)].all() else kept & valid
                judged = torch.from_numpy(missing) & valid
                values = image.nan_to_num()
                mean = model.mean(values, observed)
                line = straight_lines(values, observed, model.wavelength)
                ours += _squared(mean - values, judged)
                lines += _squared(line.value - values, judged)
                count += int(judged.sum())
        if count:
            found[family] = Repaired(_decibels(ours / count), _decibels(lines / count))
    return found


def _squared(apart: Tensor, where: Tensor) -> float:
    return float(torch.where(where, apart, 0.0).double().square().sum())


def _decibels(square: float) -> float:
    return float(10 * np.log10(4 / max(square, 1e-20)))
