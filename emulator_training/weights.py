"""A network on disk: its numbers as safetensors, and beside them a card that says what they are."""

import hashlib
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ValidationError
from safetensors.torch import load, save
from torch import Tensor, nn

from emulator_training.errors import WeightFileError
from emulator_training.parameters import PARAMETERS
from emulator_training.spectral_basis import SpectralBasis

SHIPPED = Path(__file__).parent / "shipped"


class Range(BaseModel, frozen=True, extra="forbid"):
    """Between what values of a parameter a network was fitted."""

    low: float
    high: float
    unit: str


class Card(BaseModel, frozen=True, extra="forbid"):
    """What is to be known of a network's weights.

    Attributes:
        name: the operator that uses them.
        title: what the network does.
        sha256: of the file of weights.
        ranges: of the parameters, by name.
        config: how the network was built and fitted.
        data: what it was fitted to: count, seed, and the hash of the simulations.
        accuracy: what `emulator-train validate` measured on held-out simulations.
        command: what makes it again.
    """

    name: str
    title: str
    sha256: str = ""
    ranges: dict[str, Range] = {
        p.name: Range(low=p.low, high=p.high, unit=p.unit) for p in PARAMETERS
    }
    config: dict[str, int | float | str] = {}
    data: dict[str, int | str] = {}
    accuracy: dict[str, float] = {}
    command: str = ""

    def whole(self, setting: str) -> int:
        """Return a whole number of the config.

        Raises:
            WeightFileError: if the card has none.
        """
        value = self.config.get(setting)
        if not isinstance(value, int):
            raise WeightFileError(self.name, f"have a card without the whole number {setting}")
        return value


class Weights(NamedTuple):
    """The numbers of a network by name, and their card."""

    tensors: MappingProxyType[str, Tensor]
    card: Card

    @property
    def network(self) -> dict[str, Tensor]:
        """The numbers of the network itself, as its `load_state_dict` takes them."""
        prefix = "network."
        own = {name: tensor for name, tensor in self.tensors.items() if name.startswith(prefix)}
        return {name.removeprefix(prefix): tensor for name, tensor in own.items()}

    @property
    def basis(self) -> SpectralBasis:
        """The basis of the network's scores."""
        names = ("mean", "components", "variance")
        return SpectralBasis(*(self.tensors[f"basis.{name}"].double().numpy() for name in names))

    def load_into(self, network: nn.Module) -> None:
        """Give a network its numbers.

        Raises:
            WeightFileError: if they are another network's than the card describes.
        """
        try:
            network.load_state_dict(self.network)
        except RuntimeError as error:
            fault = "are not of the shapes that their card describes"
            raise WeightFileError(self.card.name, fault) from error


def write(folder: Path, tensors: dict[str, Tensor], card: Card) -> None:
    """Write weights and card, each beside its place and then renamed."""
    content = save({name: tensor.detach().contiguous() for name, tensor in tensors.items()})
    card = card.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    text = card.model_dump_json(indent=2) + "\n"
    for suffix, part in ((".safetensors", content), (".json", text.encode())):
        partial = folder / f".{card.name}{suffix}.partial"
        partial.write_bytes(part)
        partial.replace(folder / f"{card.name}{suffix}")
    read.cache_clear()


@lru_cache(maxsize=16)
def read(name: str, folder: Path | str = SHIPPED) -> Weights:
    """Return the weights of an operator, read once; they are shared, and not to be changed.

    Raises:
        WeightFileError: if they are not there, or not those that the card describes.
    """
    return read_uncached(name, folder)


def read_uncached(name: str, folder: Path | str) -> Weights:
    """Return the weights that are there now.

    Raises:
        WeightFileError: as `read` does.
    """
    card = read_card(name, folder)
    path = Path(folder) / f"{name}.safetensors"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightFileError(name, f"cannot be read ({path}: {error.strerror})") from error
    got = hashlib.sha256(content).hexdigest()
    if got != card.sha256:
        fault = f"are corrupt: {path} has the sha256 {got[:12]}..., not {card.sha256[:12]}..."
        raise WeightFileError(name, fault)
    return Weights(MappingProxyType(load(content)), card)


def read_card(name: str, folder: Path | str = SHIPPED) -> Card:
    """Return the card alone.

    Raises:
        WeightFileError: if it is not there, or no card.
    """
    path = Path(folder) / f"{name}.json"
    try:
        return Card.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WeightFileError(name, f"have no card ({path}: {error.strerror})") from error
    except ValidationError as error:
        raise WeightFileError(name, f"have a card that cannot be read ({path})") from error
