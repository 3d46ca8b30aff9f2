"""Simulations as the fits take them: parameters, scores, and the basis of both."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from emulator_training.design import LEAST, Kind, Split, kind_of, split_of
from emulator_training.errors import SimulationError
from emulator_training.shard import read_shard
from emulator_training.simulate import read_basis, read_manifest, shard_path
from emulator_training.spectral_basis import SpectralBasis


@dataclass(frozen=True, eq=False)
class Dataset:
    """Simulated spectra.

    Attributes:
        parameters: a row a sample, in the order of the design.
        scores: of the spectra.
        basis: of the scores.
        sha256: of the simulations.
    """

    parameters: Float[Tensor, "sample parameter"]
    scores: Float[Tensor, "sample score"]
    basis: SpectralBasis
    sha256: str

    def part(self, split: Split, *kinds: Kind) -> "Dataset":
        """Return the samples of one split, and of these kinds if some are given."""
        numbers = np.arange(len(self.parameters))
        chosen: Bool[np.ndarray, " sample"] = split_of(numbers) == split
        if kinds:
            chosen &= np.isin(kind_of(numbers), kinds)
        picked = torch.from_numpy(np.flatnonzero(chosen))
        return Dataset(self.parameters[picked], self.scores[picked], self.basis, self.sha256)

    @property
    def spread(self) -> Float[Tensor, " score"]:
        """The standard deviation of each score."""
        return torch.from_numpy(np.sqrt(self.basis.variance)).float()


def read_dataset(folder: Path) -> Dataset:
    """Return a finished simulation of scores.

    Raises:
        SimulationError: if there is none, it is not finished, damaged or too small, or keeps no
            scores.
    """
    config = read_manifest(folder)
    if not config.storage.startswith("pca:"):
        raise SimulationError(
            f"{folder} keeps {config.storage}, and networks are fitted to scores; simulate with "
            "--storage pca:40"
        )
    if config.count < LEAST:
        raise SimulationError(
            f"{folder} has {config.count} spectra, too few to hold any out; simulate {LEAST} "
            "or more"
        )
    parameters, scores, digest = [], [], hashlib.sha256()
    for number in range(config.shards):
        path = shard_path(folder, number)
        if not path.exists():
            raise SimulationError(
                f"the simulation in {folder} is not finished: {path.name} is not there; run "
                "`emulator-train simulate` again"
            )
        content = path.read_bytes()
        digest.update(content)
        arrays = read_shard(content, number, config)
        if arrays is None:
            raise SimulationError(
                f"{path} is damaged; run `emulator-train simulate` again, which makes it anew"
            )
        parameters.append(torch.from_numpy(arrays[0]))
        scores.append(torch.from_numpy(arrays[1]))
    basis = read_basis(folder, config)
    return Dataset(torch.cat(parameters), torch.cat(scores), basis, digest.hexdigest())
