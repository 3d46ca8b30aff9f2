"""The inverse network: from what any bands tell of the scores, with noise, to parameters."""

import numpy as np
import torch
from jaxtyping import Float
from pydantic import BaseModel, Field
from torch import Tensor

from emulator_training.band_response import GRID, band_response
from emulator_training.design import LIKELY, Split, angle_weights
from emulator_training.fit.dataset import Dataset
from emulator_training.fit.forward import NINE_TENTHS
from emulator_training.fit.observations import Observer, drawn, observers
from emulator_training.fit.training import Progress, train
from emulator_training.networks import BIOPHYSICAL, VIEW, InverseNetwork, ranges
from emulator_training.parameters import NAMES
from physops import Bands

# So many groups of a batch are each seen by another sensor.
_GROUPS = 8
# It is calibrated on all bands that there are, and on few.
_CALIBRATED = (Bands.at(GRID), Bands.of("S2A"))
_BIOPHYSICAL = [NAMES.index(name) for name in BIOPHYSICAL]
_VIEW = [NAMES.index(name) for name in VIEW]


class InverseConfig(BaseModel, frozen=True, extra="forbid"):
    """How the inverse network is built and fitted.

    Attributes:
        width: of its three hidden layers.
        epochs: how often each spectrum is seen, with other noise and other bands each time.
        batch: how many are seen at once.
        learning_rate: the largest step.
        examples: how many canopies are kept, by which it tells what is out of range.
        seed: of the first weights, the sensors, the noise and the order.
    """

    width: int = Field(default=512, ge=1)
    epochs: int = Field(default=80, ge=1)
    batch: int = Field(default=1024, ge=8)
    learning_rate: float = Field(default=2e-3, gt=0)
    examples: int = Field(default=1000, ge=100)
    seed: int = Field(default=0, ge=0)


def fit_inverse(
    data: Dataset, config: InverseConfig, progress: Progress | None = None
) -> InverseNetwork:
    """Return the network, fitted to the training split and calibrated on the validation split."""
    torch.manual_seed(config.seed)
    known, if_angles = _likely(data, "train")
    network = InverseNetwork(known.scores.shape[1], config.width, config.examples)
    network.scale.copy_(known.spread)
    pool = observers(data.basis, config.seed)
    rng = torch.Generator().manual_seed(config.seed)
    wanted = targets(known.parameters)
    network.spread.copy_(wanted.std(dim=0))
    chosen = torch.randperm(len(wanted), generator=rng)[: config.examples]
    network.examples.copy_(known.scores[chosen])
    weights = _weights(data)

    def loss(numbers: Tensor) -> Tensor:
        scores, stds = drawn(pool, known.scores[numbers], rng, _GROUPS)
        told = torch.randint(2, (len(numbers),), generator=rng).float()
        mean, std = network(scores, stds, view_of(known.parameters[numbers], told))
        apart = (mean - wanted[numbers]).square()
        # The likelihood alone gives up means that are hard to get; least squares do not.
        likelihood = std.log() + 0.5 * apart.detach() / std.square()
        each = (10 * weights * apart + 0.1 * likelihood).mean(dim=-1)
        counted = 1 + told * (if_angles[numbers] - 1)
        return (counted * each).sum() / counted.sum()

    train(
        network,
        loss,
        len(wanted),
        epochs=config.epochs,
        batch=config.batch,
        learning_rate=config.learning_rate,
        seed=config.seed,
        progress=progress,
    )
    calibrate(network, *_likely(data, "validation"), config.seed)
    return network.requires_grad_(False)


def _likely(data: Dataset, split: Split) -> tuple[Dataset, Float[Tensor, " sample"]]:
    """Return the likely samples of a split, and what each counts if its angles are known."""
    parts = {kind: data.part(split, kind) for kind in LIKELY}
    parameters, scores = (
        torch.cat([getattr(part, name) for part in parts.values()])
        for name in ("parameters", "scores")
    )
    counts = [angle_weights(part.parameters.double().numpy(), kind) for kind, part in parts.items()]
    together = Dataset(parameters, scores, data.basis, data.sha256)
    return together, torch.from_numpy(np.concatenate(counts)).float()


def _weights(data: Dataset) -> Float[Tensor, " biophysical"]:
    """Return the weight of each parameter's errors, which count by its variance in the prior.

    A parameter that varies little in nature is to be known the better.
    """
    weights = 1 / targets(data.part("train", "prior").parameters).var(dim=0)
    return weights / weights.mean()


def targets(
    parameters: Float[Tensor, "sample parameter"],
) -> Float[Tensor, "sample biophysical"]:
    """Return the parameters that are to be found, in parts of their ranges."""
    low, width = ranges(BIOPHYSICAL, parameters)
    return (parameters[:, _BIOPHYSICAL] - low) / width


def view_of(
    parameters: Float[Tensor, "sample parameter"], known: Float[Tensor, " sample"]
) -> Float[Tensor, "sample 4"]:
    """Return the cosines of the angles and 1, or zeros where they are not known."""
    cosines = torch.cos(torch.deg2rad(parameters[:, _VIEW]))
    return torch.cat([cosines, torch.ones(len(cosines), 1)], dim=-1) * known.unsqueeze(-1)


def calibrate(
    network: InverseNetwork, data: Dataset, if_angles: Float[Tensor, " sample"], seed: int
) -> None:
    """Scale the standard deviations so that nine tenths of the errors are where they should be.

    With noise: on whole spectra and on the bands of Sentinel-2, with the angles unknown and known.
    Other bands have what lies between.

    Args:
        network: whose `calibration` and `telling` are set.
        data: what it was not fitted to.
        if_angles: what each sample counts if its angles are known.
        seed: of the noise.
    """
    network.calibration.fill_(1.0)
    rng = torch.Generator().manual_seed(seed + 1)
    seeing = [Observer.of(data.basis, band_response(bands)) for bands in _CALIBRATED]
    network.telling.copy_(torch.stack([observer.std.mean() for observer in seeing]))
    found = torch.empty_like(network.calibration)
    wanted = targets(data.parameters)
    for column, observer in enumerate(seeing):
        # Whole spectra of all canopies at once would fill the memory.
        parts = data.scores.tensor_split(-(-len(data.scores) // 500))
        scores = torch.cat([observer(part, rng) for part in parts])
        stds = observer.std.expand_as(scores)
        for row, counts in enumerate((torch.ones_like(if_angles), if_angles)):
            view = view_of(data.parameters, torch.full((len(scores),), float(row)))
            with torch.no_grad():
                mean, std = network(scores, stds, view)
            found[row, column] = nine_tenths((mean - wanted).abs() / std, counts) / NINE_TENTHS
    network.calibration.copy_(found)


def nine_tenths(
    values: Float[Tensor, "sample column"], counts: Float[Tensor, " sample"]
) -> Float[Tensor, " column"]:
    """Return below what nine tenths of the values of each column are, if each counts so much."""
    ordered, order = values.sort(dim=0)
    share = counts[order].cumsum(dim=0) / counts.sum()
    place = (share < 0.9).sum(dim=0, keepdim=True)
    return ordered.gather(0, place).squeeze(0)
