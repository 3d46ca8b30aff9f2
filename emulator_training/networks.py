"""The networks: parameters to scores, scores to parameters, scores to fewer numbers and back."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from emulator_training.features import FEATURES, features
from emulator_training.parameters import NAMES, PARAMETERS

VIEW = ("tts", "tto", "psi")
BIOPHYSICAL = tuple(name for name in NAMES if name not in VIEW)
# The standard deviation of the forward network is given every 30 nm.
KNOTS = 71
_PLACE = {name: number for number, name in enumerate(NAMES)}
# Standard deviations are kept in 1e-5 to 1 [of a range], which exp bears in every precision.
_LEAST_LOG, _MOST_LOG = math.log(1e-5), 0.0


class Mlp(nn.Module):
    """Linear layers with SiLU between them, computed in the precision of what comes in.

    Source: Elfwing et al., Sigmoid-weighted linear units, Neural Networks 107 (2018) 3-11.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        pairs = pairwise(widths)
        self.layers = nn.ModuleList([nn.Linear(before, after) for before, after in pairs])

    def forward(self, x: Float[Tensor, "*batch into"]) -> Float[Tensor, "*batch out"]:
        """Return the last layer's values."""
        for number, layer in enumerate(self.layers):
            assert isinstance(layer, nn.Linear)  # a ModuleList forgets it
            if number:
                x = nn.functional.silu(x, inplace=not x.requires_grad)
            x = nn.functional.linear(x, layer.weight.to(x.dtype), layer.bias.to(x.dtype))
        return x


class ForwardNetwork(nn.Module):
    """Parameters to the scores of the spectrum, and to how far off the spectrum may be.

    Args:
        scores: how many scores.
        width: of each of the three hidden layers.

    Attributes:
        scale: the standard deviation of each score.
        calibration: what the standard deviation at each knot is multiplied with.
    """

    scale: Tensor
    calibration: Tensor

    def __init__(self, scores: int, width: int) -> None:
        super().__init__()
        self.mean = Mlp([FEATURES, width, width, width, scores])
        self.log_std = Mlp([FEATURES, 128, 128, KNOTS])
        self.register_buffer("scale", torch.ones(scores))
        self.register_buffer("calibration", torch.ones(KNOTS))

    def forward(self, parameters: Float[Tensor, "*batch parameter"]) -> Float[Tensor, "*batch s"]:
        """Return the scores."""
        return self.mean(features(parameters)) * self.scale.to(parameters.dtype)

    def std(self, parameters: Float[Tensor, "*batch parameter"]) -> Float[Tensor, "*batch knot"]:
        """Return the standard deviation of reflectance at each knot [1]."""
        std = self.log_std(features(parameters)).clamp(_LEAST_LOG, _MOST_LOG).exp()
        return std * self.calibration.to(parameters.dtype)


class InverseNetwork(nn.Module):
    """Scores, how well each is known, and the angles if known, to a canopy's parameters.

    Parameters are in parts of their ranges, 0 to 1; each is a Gaussian.

    Args:
        scores: how many scores.
        width: of each of the three hidden layers.
        examples: how many canopies' scores are kept.

    Attributes:
        scale: the standard deviation of each score.
        calibration: what the standard deviation of each parameter is multiplied with: angles
            unknown and known; many and few bands.
        telling: how much these many and few bands leave unknown, the mean of `known`.
        spread: the standard deviation of each parameter before anything is seen.
        examples: scores of canopies that it was fitted to.
    """

    scale: Tensor
    calibration: Tensor
    telling: Tensor
    spread: Tensor
    examples: Tensor

    def __init__(self, scores: int, width: int, examples: int) -> None:
        super().__init__()
        into = 2 * scores + len(VIEW) + 1
        self.body = Mlp([into, width, width, width, 2 * len(BIOPHYSICAL)])
        self.register_buffer("scale", torch.ones(scores))
        self.register_buffer("calibration", torch.ones(2, 2, len(BIOPHYSICAL)))
        self.register_buffer("telling", torch.tensor([0.0, 1.0]))
        self.register_buffer("spread", torch.ones(len(BIOPHYSICAL)))
        self.register_buffer("examples", torch.zeros(examples, scores))

    def forward(
        self,
        scores: Float[Tensor, "*batch s"],
        known: Float[Tensor, "*batch s"],
        view: Float[Tensor, "*batch 4"],
    ) -> tuple[Float[Tensor, "*batch p"], Float[Tensor, "*batch p"]]:
        """Return means and standard deviations, in parts of the range.

        Args:
            scores: the posterior means of the scores.
            known: their posterior standard deviations, in parts of the prior's.
            view: the cosines of sun zenith, view zenith and azimuth, and 1; or zeros.
        """
        whitened = scores / self.scale.to(scores.dtype)
        mean, log_std = self.body(torch.cat([whitened, known, view], dim=-1)).chunk(2, dim=-1)
        std = log_std.clamp(_LEAST_LOG, _MOST_LOG).exp() * self._calibrated(known, view)
        return torch.sigmoid(mean), std

    def _calibrated(
        self, known: Float[Tensor, "*batch s"], view: Float[Tensor, "*batch 4"]
    ) -> Float[Tensor, "*batch p"]:
        """Return what standard deviations are multiplied with, between what was calibrated."""
        table = self.calibration.to(known.dtype)
        many, few = self.telling.to(known.dtype)
        share = ((known.mean(dim=-1, keepdim=True) - many) / (few - many)).clamp(0, 1)
        angles = view[..., -1:]
        unknown, given = (row[0] + share * (row[1] - row[0]) for row in table)
        return unknown + angles * (given - unknown)


class AutoEncoder(nn.Module):
    """Scores to a few numbers in -1 to 1, and back to scores.

    Args:
        scores: how many scores.
        width: of each of the two hidden layers before and after.
        size: how many numbers.

    Attributes:
        scale: the standard deviation of each score.
    """

    scale: Tensor

    def __init__(self, scores: int, width: int, size: int) -> None:
        super().__init__()
        self.encoder = Mlp([scores, width, width, size])
        self.decoder = Mlp([size, width, width, scores])
        self.register_buffer("scale", torch.ones(scores))

    def encode(self, scores: Float[Tensor, "*batch s"]) -> Float[Tensor, "*batch z"]:
        """Return the few numbers."""
        return torch.tanh(self.encoder(scores / self.scale.to(scores.dtype)))

    def decode(self, latent: Float[Tensor, "*batch z"]) -> Float[Tensor, "*batch s"]:
        """Return scores of what PROSAIL could have made."""
        return self.decoder(latent) * self.scale.to(latent.dtype)

    def forward(self, scores: Float[Tensor, "*batch s"]) -> Float[Tensor, "*batch s"]:
        """Return the scores of the nearest spectrum that the numbers can say."""
        return self.decode(self.encode(scores))


def ranges(
    names: Sequence[str], like: Tensor
) -> tuple[Float[Tensor, " parameter"], Float[Tensor, " parameter"]]:
    """Return the lowest values that surrogates are trained on, and the widths of the ranges."""
    chosen = [PARAMETERS[_PLACE[name]] for name in names]
    low = torch.tensor([p.low for p in chosen], dtype=like.dtype, device=like.device)
    width = torch.tensor([p.high - p.low for p in chosen], dtype=like.dtype, device=like.device)
    return low, width
