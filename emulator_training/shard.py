"""One shard of a simulation: a pure function of what is asked, so that anybody may compute it."""

import io
import re
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from pydantic import BaseModel, Field, field_validator

import srf_library
from emulator_training.band_response import sensor_response
from emulator_training.design import samples
from emulator_training.npz import read_arrays
from emulator_training.parameters import PARAMETERS
from emulator_training.seeds import LARGEST_SEED
from emulator_training.simulators.prosail import Prosail
from emulator_training.simulators.tables import LONGEST, SHORTEST
from emulator_training.spectral_basis import SpectralBasis

# From so many samples of the design, the first, principal components are made.
PILOT = 4000
# So many spectra at once stay in the processor's cache.
_BATCH = 100
Spectra = Float[np.ndarray, "sample wavelength"]


class SimulationConfig(BaseModel, frozen=True, extra="forbid"):
    """What is simulated, and what is kept of it.

    Attributes:
        count: how many spectra.
        seed: of the design.
        storage: ``full``, the spectra at 400-2500 nm; ``sensor:ID``, the bands of a sensor; or
            ``pca:K``, scores on K principal components.
        shard: how many spectra a file holds.
        design: the version of the design; what was simulated by another cannot go on.
    """

    count: int = Field(default=100_000, ge=1)
    seed: int = Field(default=0, ge=0, le=LARGEST_SEED)
    storage: str = "pca:40"
    shard: int = Field(default=1000, ge=1)
    design: Literal[2] = 2

    @field_validator("storage")
    @classmethod
    def _known(cls, storage: str) -> str:
        kind, _, what = storage.partition(":")
        if kind == "sensor" and what:
            return f"sensor:{srf_library.get(what).id}"
        if storage != "full" and not re.fullmatch(r"pca:[1-9]\d{0,2}", storage):
            raise ValueError(f"storage is {storage!r}; give full, sensor:ID or pca:K, K up to 999")
        return storage

    @property
    def shards(self) -> int:
        """How many files there will be."""
        return -(-self.count // self.shard)

    def size(self, number: int) -> int:
        """Return how many spectra a shard holds: the last one, what is left."""
        return min(self.shard, self.count - number * self.shard)

    @property
    def columns(self) -> int:
        """How many numbers are kept of a spectrum."""
        kind, _, what = self.storage.partition(":")
        if kind == "sensor":
            return len(srf_library.get(what))
        return int(what) if kind == "pca" else LONGEST - SHORTEST + 1


def spectra_of(parameters: Float[np.ndarray, "sample parameter"]) -> Spectra:
    """Return the spectra of canopies [1] in single precision, the same on any machine's threads."""
    model, threads = Prosail(), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            parts = torch.from_numpy(parameters).float().tensor_split(-(-len(parameters) // _BATCH))
            return torch.cat([model(part) for part in parts]).numpy()
    finally:
        torch.set_num_threads(threads)


def pilot_basis(config: SimulationConfig) -> SpectralBasis | None:
    """Return the principal components that the scores are on; None if none are kept."""
    kind, _, size = config.storage.partition(":")
    if kind != "pca":
        return None
    return SpectralBasis.of(spectra_of(samples(PILOT, config.seed)), int(size))


def make_shard(number: int, config: SimulationConfig, basis: SpectralBasis | None) -> bytes:
    """Return the content of a shard's file: arrays ``parameters`` and ``values`` as .npz."""
    parameters = samples(config.size(number), config.seed, number * config.shard)
    spectra = spectra_of(parameters)
    kind, _, what = config.storage.partition(":")
    if basis is not None:
        values = basis.scores(spectra.astype(np.float64))
    elif kind == "sensor":
        values = spectra @ sensor_response(srf_library.get(what)).T
    else:
        values = spectra
    file = io.BytesIO()
    np.savez(file, parameters=parameters.astype(np.float32), values=values.astype(np.float32))
    return file.getvalue()


def read_shard(
    content: bytes, number: int, config: SimulationConfig
) -> tuple[Float[np.ndarray, "sample parameter"], Float[np.ndarray, "sample column"]] | None:
    """Return the parameters and values of a shard's file; None if it is damaged."""
    rows = config.size(number)
    shapes = {"parameters": (rows, len(PARAMETERS)), "values": (rows, config.columns)}
    arrays = read_arrays(content, shapes)
    return None if arrays is None else (arrays["parameters"], arrays["values"])
