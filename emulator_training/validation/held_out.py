"""The canopies that no network was fitted to, and their exact spectra."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.design import Kind, kind_of, samples, split_of
from emulator_training.networks import VIEW
from emulator_training.parameters import NAMES
from emulator_training.shard import SimulationConfig, spectra_of


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Canopies of the test split, or of another design than the networks were fitted to.

    Attributes:
        kind: which part of the design they are of.
        parameters: of the canopies.
        spectra: by PROSAIL, at 400-2500 nm [1].
    """

    kind: Kind
    parameters: Float[Tensor, "sample parameter"]
    spectra: Float[Tensor, "sample wavelength"]

    @classmethod
    def of(
        cls, simulated: SimulationConfig, kind: Kind, count: int, seed: int | None = None
    ) -> "HeldOut":
        """Return so many canopies, or all that there are, spread over the design.

        Args:
            simulated: what the networks were fitted to.
            kind: which part of the design.
            count: how many.
            seed: of the design. Of another than that of `simulated`, or that if it is left out, no
                canopy has been seen; of that, those of the test split have not.
        """
        numbers = np.arange(simulated.count)
        unseen = kind_of(numbers) == kind
        if seed is None or seed == simulated.seed:
            unseen &= split_of(numbers) == "test"
        fitting = numbers[unseen]
        places = np.unique(np.linspace(0, len(fitting) - 1, min(count, len(fitting))).astype(int))
        chosen = fitting[places]
        rows = samples(simulated.count, simulated.seed if seed is None else seed)[chosen]
        return cls(kind, torch.from_numpy(rows).float(), torch.from_numpy(spectra_of(rows)))

    def seen_from(self, sun: float, view: float, azimuth: float) -> "HeldOut":
        """Return the same canopies, all of them seen and lit from these angles [°]."""
        parameters = self.parameters.clone()
        for name, angle in zip(VIEW, (sun, view, azimuth), strict=True):
            parameters[:, NAMES.index(name)] = angle
        spectra = torch.from_numpy(spectra_of(parameters.double().numpy()))
        return HeldOut(self.kind, parameters, spectra)

    def noisy(self, seed: int, relative: float, absolute: float) -> Float[Tensor, "sample band"]:
        """Return the spectra with noise."""
        rng = torch.Generator().manual_seed(seed)
        drawn = torch.randn(2, *self.spectra.shape, generator=rng)
        return self.spectra * (1 + relative * drawn[0]) + absolute * drawn[1]
