"""The canopies that no network was fitted to, and their exact spectra."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.design import Kind, kind_of, samples, split_of
from emulator_training.shard import SimulationConfig, spectra_of


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Canopies of the test split.

    Attributes:
        kind: whether they are of the wide half of the design or of the prior.
        parameters: of the canopies.
        spectra: by PROSAIL, at 400-2500 nm [1].
    """

    kind: Kind
    parameters: Float[Tensor, "sample parameter"]
    spectra: Float[Tensor, "sample wavelength"]

    @classmethod
    def of(cls, simulated: SimulationConfig, kind: Kind, count: int) -> "HeldOut":
        """Return so many canopies, or all that there are, spread over the design."""
        numbers = np.arange(simulated.count)
        fitting = numbers[(split_of(numbers) == "test") & (kind_of(numbers) == kind)]
        places = np.unique(np.linspace(0, len(fitting) - 1, min(count, len(fitting))).astype(int))
        chosen = fitting[places]
        rows = samples(simulated.count, simulated.seed)[chosen]
        return cls(kind, torch.from_numpy(rows).float(), torch.from_numpy(spectra_of(rows)))

    def noisy(self, seed: int, relative: float, absolute: float) -> Float[Tensor, "sample band"]:
        """Return the spectra with noise."""
        rng = torch.Generator().manual_seed(seed)
        drawn = torch.randn(2, *self.spectra.shape, generator=rng)
        return self.spectra * (1 + relative * drawn[0]) + absolute * drawn[1]
