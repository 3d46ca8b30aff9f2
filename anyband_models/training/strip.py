"""A piece of an image that was held out: what it is, and what lines and the model make of it."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from anyband_models.damage.protocols import draw
from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.interpolation import straight_lines

# Rows and columns that are shown, at most.
SIDE = 64
# Bands that are kept: of few bands, one.
_KEPT = 5
# Masks that are tried; the first is taken that hides most of what is shown.
_TRIES = 50


@dataclass(frozen=True, eq=False)
class Strip:
    """Three bands of a piece of an image, in the scene's unit; NaN = not known.

    Attributes:
        truth: as it was measured.
        linear: by straight lines in wavelength.
        model: by the model's one-step mean.
        kept: how many bands both were given.
    """

    truth: Float[np.ndarray, "row col 3"]
    linear: Float[np.ndarray, "row col 3"]
    model: Float[np.ndarray, "row col 3"]
    kept: int


def strip(
    model: BandDiffusion, image: Float[Tensor, "band y x"], shown: tuple[int, int, int]
) -> Strip | None:
    """Return what the model makes of a piece of an image; None of an image of one band.

    Args:
        model: whose one-step mean is shown.
        image: normalised; NaN = not known.
        shown: the bands in red, green and blue, which the model has to guess if there are enough.
    """
    bands = model.spec.bands
    good = np.asarray(bands.good)
    kept = min(_KEPT, int(good.sum()) // 2)
    if kept < 1:
        return None
    missing = max(
        (draw(f"k{kept}", (len(good), 1, 1), bands.wavelength, good, n) for n in range(_TRIES)),
        key=lambda mask: mask[list(shown)].sum(),
    )
    piece = _middle(image)
    values, valid = piece.nan_to_num(), torch.isfinite(piece)
    observed = torch.from_numpy(~missing & good[:, None, None]) & valid
    line = straight_lines(values, observed, model.wavelength).value
    guesses = (piece, line, model.mean(values, observed))
    truth, linear, mean = (_colours(guess, valid, model, shown) for guess in guesses)
    return Strip(truth, linear, mean, kept)


def _middle(image: Float[Tensor, "band y x"]) -> Float[Tensor, "band row col"]:
    rows, cols = image.shape[1:]
    top, left = max(0, rows - SIDE) // 2, max(0, cols - SIDE) // 2
    return image[:, top : top + SIDE, left : left + SIDE]


def _colours(
    guess: Tensor, valid: Bool[Tensor, "band row col"], model: BandDiffusion, shown: tuple[int, ...]
) -> Float[np.ndarray, "row col 3"]:
    values = model.spec.normalisation.inverse(torch.where(valid, guess, torch.nan)[list(shown)])
    return values.permute(1, 2, 0).numpy()
