"""The forward network: least squares in reflectance, then how far off it is."""

import torch
from jaxtyping import Float
from pydantic import BaseModel, Field
from torch import Tensor, nn

from emulator_training.band_response import GRID
from emulator_training.features import features
from emulator_training.fit.dataset import Dataset
from emulator_training.fit.slopes import Slopes
from emulator_training.fit.training import Progress, train
from emulator_training.networks import KNOTS, ForwardNetwork

# Nine tenths of Gaussian errors are smaller than so many standard deviations.
NINE_TENTHS = 1.6448536


class ForwardConfig(BaseModel, frozen=True, extra="forbid"):
    """How the forward network is built and fitted.

    Attributes:
        width: of its three hidden layers.
        epochs: how often each spectrum is seen.
        std_epochs: the same, when the standard deviation is fitted.
        batch: how many are seen at once.
        learning_rate: the largest step.
        sobolev: the weight of the exact gradients; 0 leaves them out.
        seed: of the first weights and the order.
    """

    width: int = Field(default=448, ge=1)
    epochs: int = Field(default=150, ge=1)
    std_epochs: int = Field(default=100, ge=1)
    batch: int = Field(default=1000, ge=1)
    learning_rate: float = Field(default=2e-3, gt=0)
    sobolev: float = Field(default=0.0, ge=0)
    seed: int = Field(default=0, ge=0)


def fit_forward(
    data: Dataset, config: ForwardConfig, progress: Progress | None = None
) -> ForwardNetwork:
    """Return the network, fitted to the training split.

    The standard deviation is fitted and calibrated on the validation split: at the edges of the
    ranges canopies are so few that errors are half as large where the network has seen them.
    """
    torch.manual_seed(config.seed)
    known = data.part("train")
    network = ForwardNetwork(known.scores.shape[1], config.width)
    network.scale.copy_(known.spread)
    _fit_mean(network, known, config, progress)
    unseen = data.part("validation")
    _fit_std(network, unseen, config)
    _calibrate(network, unseen)
    return network.requires_grad_(False)


def knot_errors(network: ForwardNetwork, data: Dataset) -> Float[Tensor, "sample knot"]:
    """Return the errors of reflectance at the knots of the standard deviation [1]."""
    with torch.no_grad():
        apart = network(data.parameters) - data.scores
    return apart @ _components(data)


def _fit_mean(
    network: ForwardNetwork, data: Dataset, config: ForwardConfig, progress: Progress | None
) -> None:
    network.log_std.requires_grad_(False)
    inputs = features(data.parameters)
    # An orthonormal basis keeps squares: this is the mean square over wavelengths, in 1e-4.
    unit = 1e4 / len(GRID)
    slopes = Slopes.of(data, config.seed) if config.sobolev else None

    def loss(numbers: Tensor) -> Tensor:
        scores = network.mean(inputs[numbers]) * network.scale
        value = unit * (scores - data.scores[numbers]).square().sum(dim=-1).mean()
        if slopes is not None:
            value = value + config.sobolev * unit * slopes.loss(network, numbers)
        return value

    train(
        network,
        loss,
        len(inputs),
        epochs=config.epochs,
        batch=config.batch,
        learning_rate=config.learning_rate,
        seed=config.seed,
        progress=progress,
    )


def _fit_std(network: ForwardNetwork, data: Dataset, config: ForwardConfig) -> None:
    """Fit the standard deviation to the errors by their likelihood."""
    network.mean.requires_grad_(False)
    network.log_std.requires_grad_(True)
    squared = knot_errors(network, data).square()

    def loss(numbers: Tensor) -> Tensor:
        std = network.std(data.parameters[numbers])
        return (std.log() + 0.5 * squared[numbers] / std.square()).mean()

    last = network.log_std.layers[-1]
    assert isinstance(last, nn.Linear)  # a ModuleList forgets it
    # It starts at the errors' size, from which the likelihood is gentle.
    with torch.no_grad():
        last.bias.copy_(0.5 * squared.mean(dim=0).log())
    train(
        network.log_std,
        loss,
        len(squared),
        epochs=config.std_epochs,
        batch=config.batch,
        learning_rate=config.learning_rate,
        seed=config.seed,
    )


def _calibrate(network: ForwardNetwork, data: Dataset) -> None:
    """Scale the standard deviations so that nine tenths of the errors are where they should be.

    Source: Romano et al., Conformalized quantile regression (2019).
    """
    with torch.no_grad():
        part = knot_errors(network, data).abs() / network.std(data.parameters)
    network.calibration.copy_(part.quantile(0.9, dim=0) / NINE_TENTHS)


def _components(data: Dataset) -> Float[Tensor, "score knot"]:
    step = (len(GRID) - 1) // (KNOTS - 1)
    return torch.from_numpy(data.basis.components[:, ::step].copy()).float()
