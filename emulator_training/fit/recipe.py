"""All networks, fitted one after the other and written beside their cards."""

from collections.abc import Callable
from pathlib import Path

import torch
from pydantic import BaseModel
from torch import Tensor, nn

from emulator_training.fit.autoencoder import AutoEncoderConfig, fit_autoencoder
from emulator_training.fit.dataset import Dataset, read_dataset
from emulator_training.fit.forward import ForwardConfig, fit_forward
from emulator_training.fit.inverse import InverseConfig, fit_inverse
from emulator_training.fit.training import Progress
from emulator_training.networks import ForwardNetwork
from emulator_training.shard import SimulationConfig
from emulator_training.simulate import read_manifest
from emulator_training.weights import Card, read, write

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


def fit_all(
    simulation: Path, folder: Path, config: FitConfig, progress: Named = lambda name: None
) -> list[str]:
    """Fit the networks whose weights are not in the folder yet, and return their names.

    Args:
        simulation: the folder of a finished simulation of scores.
        folder: where weights and cards go; made if it is not there.
        config: how they are fitted.
        progress: returns, for the name of a network, what is told of its epochs.

    Raises:
        SimulationError: if the simulation does not serve.
    """
    data, simulated = read_dataset(simulation), read_manifest(simulation)
    folder.mkdir(parents=True, exist_ok=True)
    fitted = []
    for name in TITLES:
        if (folder / f"{name}.json").exists():
            continue
        network, its_config = _fit(name, data, folder, config, progress(name))
        write(folder, tensors_of(network, data), card_of(name, its_config, data, simulated))
        fitted.append(name)
    return fitted


def _fit(
    name: str, data: Dataset, folder: Path, config: FitConfig, progress: Progress | None
) -> tuple[nn.Module, BaseModel]:
    if name == EMULATOR:
        return fit_forward(data, config.emulator, progress), config.emulator
    if name == INVERSE:
        return fit_inverse(data, config.inverse, progress), config.inverse
    return fit_autoencoder(data, forward_of(folder), config.manifold, progress), config.manifold


def forward_of(folder: Path) -> ForwardNetwork:
    """Return the forward network of a folder of weights."""
    weights = read(EMULATOR, folder)
    network = ForwardNetwork(len(weights.basis.variance), int(weights.card.config["width"]))
    network.load_state_dict(weights.network)
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
