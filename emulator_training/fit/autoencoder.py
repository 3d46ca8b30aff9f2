"""The autoencoder, whose decoder is held to what PROSAIL can make."""

import torch
from jaxtyping import Float
from pydantic import BaseModel, Field
from torch import Tensor, nn

from emulator_training.band_response import GRID
from emulator_training.design import LIKELY
from emulator_training.fit.dataset import Dataset
from emulator_training.fit.observations import Observer, observers
from emulator_training.fit.training import Progress, train
from emulator_training.networks import AutoEncoder, ForwardNetwork, Mlp, ranges
from emulator_training.parameters import NAMES

_GROUPS = 4


class AutoEncoderConfig(BaseModel, frozen=True, extra="forbid"):
    """How the autoencoder is built and fitted.

    Attributes:
        size: how many numbers a spectrum becomes.
        width: of the two hidden layers of encoder and decoder.
        epochs: how often each spectrum is seen.
        batch: how many are seen at once.
        learning_rate: the largest step.
        noisy: the share of spectra that is seen by other sensors, with noise, and its weight.
        tie: the weight of the distance of what is decoded from the forward network.
        seed: of the first weights, the sensors, the noise and the order.
    """

    size: int = Field(default=10, ge=1)
    width: int = Field(default=256, ge=1)
    epochs: int = Field(default=60, ge=1)
    batch: int = Field(default=1024, ge=16)
    learning_rate: float = Field(default=2e-3, gt=0)
    noisy: float = Field(default=0.25, ge=0, lt=1)
    tie: float = Field(default=0.1, ge=0)
    seed: int = Field(default=0, ge=0)


class Tie(nn.Module):
    """How far decoded spectra are from the forward network's of some canopy.

    A network reads the canopy off the latent numbers, and is fitted beside the autoencoder. The
    numbers are those of spectra and of points between them, so that the decoder keeps to PROSAIL
    where no spectrum of the training set lies.
    """

    def __init__(self, size: int, forward: ForwardNetwork) -> None:
        super().__init__()
        self.canopy = Mlp([size, 128, 128, len(NAMES)])
        # Not a part of what is fitted.
        self.spectrum = [forward]

    def forward(
        self, network: AutoEncoder, latent: Float[Tensor, "sample z"], rng: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the mean squared distance in scores."""
        share = torch.rand(len(latent), 1, generator=rng)
        between = share * latent + (1 - share) * latent.flip(0)
        points = torch.cat([latent, between])
        low, width = ranges(NAMES, latent)
        made = self.spectrum[0](low + width * torch.sigmoid(self.canopy(points)))
        return (network.decode(points) - made).square().sum(dim=-1).mean()


def fit_autoencoder(
    data: Dataset,
    forward: ForwardNetwork,
    config: AutoEncoderConfig,
    progress: Progress | None = None,
) -> AutoEncoder:
    """Return the autoencoder, fitted to the training split.

    Args:
        data: simulations.
        forward: the forward network, fitted.
        config: how it is fitted.
        progress: as `train` takes it.
    """
    torch.manual_seed(config.seed)
    known = data.part("train", *LIKELY)
    network = AutoEncoder(known.scores.shape[1], config.width, config.size)
    network.scale.copy_(known.spread)
    pool = observers(data.basis, config.seed)
    rng = torch.Generator().manual_seed(config.seed)
    tie = Tie(config.size, forward)

    def loss(numbers: Tensor) -> Tensor:
        scores = known.scores[numbers]
        noisy = max(_GROUPS, int(config.noisy * len(scores)))
        latent = network.encode(scores[noisy:])
        whole = (network.decode(latent) - scores[noisy:]).square().sum(dim=-1).mean()
        near = tie(network, latent[: max(1, len(latent) // 8)], rng)
        parts = (_seen_apart(network, pool, s, rng) for s in scores[:noisy].tensor_split(_GROUPS))
        some = torch.stack(list(parts)).mean()
        return 1e4 * ((whole + config.tie * near) / len(GRID) + config.noisy * some)

    train(
        nn.ModuleList([network, tie]),
        loss,
        len(known.scores),
        epochs=config.epochs,
        batch=config.batch,
        learning_rate=config.learning_rate,
        seed=config.seed,
        progress=progress,
    )
    return network.requires_grad_(False)


def _seen_apart(
    network: AutoEncoder,
    pool: list[Observer],
    scores: Float[Tensor, "sample score"],
    rng: torch.Generator,
) -> Float[Tensor, ""]:
    """Return the mean squared error in the bands of some sensor, which saw them with noise."""
    observer = pool[int(torch.randint(len(pool), (), generator=rng))]
    return observer.seen(network(observer(scores, rng)) - scores).square().mean()
