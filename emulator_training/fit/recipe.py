"""All networks, fitted one after the other and written beside their cards."""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from pydantic import BaseModel, model_validator
from torch import Tensor, nn

from emulator_training.errors import OtherFitError, WeightFileError
from emulator_training.fit.autoencoder import AutoEncoderConfig, fit_autoencoder
from emulator_training.fit.dataset import Dataset, read_dataset
from emulator_training.fit.forward import ForwardConfig, fit_forward
from emulator_training.fit.inverse import InverseConfig, fit_inverse
from emulator_training.fit.training import Progress
from emulator_training.networks import ForwardNetwork
from emulator_training.seeds import LARGEST_SEED
from emulator_training.shard import SimulationConfig
from emulator_training.simulate import read_manifest
from emulator_training.weights import Card, read, read_card, read_uncached, write

EMULATOR, INVERSE, MANIFOLD = "prosail_emulator", "prosail_inverse", "prosail_manifold"
TITLES = {
    EMULATOR: "parameters of a canopy to its reflectance at 400-2500 nm",
    INVERSE: "reflectance in any bands to the parameters of a canopy",
    MANIFOLD: "reflectance to ten numbers and back, on what PROSAIL can make",
}
COMMAND = "emulator-train simulate -o SIMULATION && emulator-train fit SIMULATION -o WEIGHTS"
Named = Callable[[str], Progress | None]


class FitConfig(BaseModel, frozen=True, extra="forbid"):
    """How all networks are fitted.

    Attributes:
        emulator: the forward network.
        inverse: the inverse network.
        manifold: the autoencoder.
    """

    emulator: ForwardConfig = ForwardConfig()
    inverse: InverseConfig = InverseConfig()
    manifold: AutoEncoderConfig = AutoEncoderConfig()

    @model_validator(mode="after")
    def _seeds(self) -> "FitConfig":
        for name in TITLES:
            if (seed := self.of(name).seed) > LARGEST_SEED:
                raise ValueError(f"the seed of {name} is {seed}; give 0 to {LARGEST_SEED}")
        return self

    def of(self, name: str) -> ForwardConfig | InverseConfig | AutoEncoderConfig:
        """Return how the network of an operator is fitted."""
        if name == EMULATOR:
            return self.emulator
        return self.inverse if name == INVERSE else self.manifold


def fit_all(
    simulation: Path, folder: Path, config: FitConfig, progress: Named = lambda name: None
) -> list[str]:
    """Fit the networks whose weights are not in the folder yet, and return their names.

    Weights that are not those of their card do not count, nor does a manifold that was fitted
    beside another emulator.

    Args:
        simulation: the folder of a finished simulation of scores.
        folder: where weights and cards go; made if it is not there.
        config: how they are fitted.
        progress: returns, for the name of a network, what is told of its epochs.

    Raises:
        SimulationError: if the simulation does not serve.
        OtherFitError: if a network in the folder was fitted to another simulation, or otherwise.
        WeightFileError: if there is a card that cannot be read.
    """
    data, simulated = read_dataset(simulation), read_manifest(simulation)
    cards = {name: card_of(name, config.of(name), data, simulated) for name in TITLES}
    for card in cards.values():
        _check_same(folder, card)
    folder.mkdir(parents=True, exist_ok=True)
    fitted = []
    for name, card in cards.items():
        if name == MANIFOLD:
            card = _beside(folder, card)
        if _is_there(folder, card):
            continue
        network = _fit(name, data, folder, config, progress(name))
        write(folder, tensors_of(network, data), card)
        fitted.append(name)
    return fitted


def _check_same(folder: Path, card: Card) -> None:
    """Refuse a folder whose network of this name was fitted to something else, or otherwise."""
    if not (folder / f"{card.name}.json").exists():
        return
    there = read_card(card.name, folder)
    apart = [
        *_apart(there.config, card.config, ""),
        *_apart(there.data, card.data, " of its simulation"),
    ]
    if apart:
        raise OtherFitError(folder, card.name, ", ".join(apart))


def _apart(old: Mapping[str, object], new: Mapping[str, object], whose: str) -> list[str]:
    return [f"{k}{whose} {old.get(k)!r}, not {new[k]!r}" for k in new if old.get(k) != new[k]]


def _beside(folder: Path, card: Card) -> Card:
    """Return the card of a network that is fitted beside the emulator of the folder."""
    emulator = read_card(EMULATOR, folder).sha256
    return card.model_copy(update={"data": {**card.data, "emulator": emulator}})


def _is_there(folder: Path, card: Card) -> bool:
    """Tell whether the folder holds whole weights, beside the right emulator if to any."""
    if not (folder / f"{card.name}.json").exists():
        return False
    try:
        data = read_uncached(card.name, folder).card.data
    except WeightFileError:
        return False
    # The cards of earlier versions do not say beside which emulator.
    return data.get("emulator") in (None, card.data.get("emulator"))


def _fit(
    name: str, data: Dataset, folder: Path, config: FitConfig, progress: Progress | None
) -> nn.Module:
    if name == EMULATOR:
        return fit_forward(data, config.emulator, progress)
    if name == INVERSE:
        return fit_inverse(data, config.inverse, progress)
    return fit_autoencoder(data, forward_of(folder), config.manifold, progress)


def forward_of(folder: Path) -> ForwardNetwork:
    """Return the forward network of a folder of weights."""
    weights = read(EMULATOR, folder)
    network = ForwardNetwork(len(weights.basis.variance), weights.card.whole("width"))
    weights.load_into(network)
    return network.requires_grad_(False)


def tensors_of(network: nn.Module, data: Dataset) -> dict[str, Tensor]:
    """Return what a file of weights holds: the network and the basis of its scores."""
    basis = {f"basis.{name}": torch.from_numpy(a).float() for name, a in vars(data.basis).items()}
    return basis | {f"network.{name}": t for name, t in network.state_dict().items()}


def card_of(name: str, config: BaseModel, data: Dataset, simulated: SimulationConfig) -> Card:
    """Return the card of a network, without what only `validate` can say."""
    return Card(
        name=name,
        title=TITLES[name],
        config=config.model_dump(),
        data={**simulated.model_dump(), "sha256": data.sha256},
        command=COMMAND,
    )
