"""What 6S gave for many states, side by side."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from emulator_training.atmosphere.optics import Optics
from emulator_training.simulators.atmospheres import tables, values
from emulator_training.simulators.sixs import State


class Runs:
    """What 6S gave for many states: their settings, and an array ``(state, wavelength)`` a column.

    States of which a column is not known are left out.
    """

    def __init__(self, states: Sequence[State], folder: Path) -> None:
        held = list(tables(states, folder))
        columns = ("gas", "down", "up", "albedo", "path", "toa")
        stacked = {name: np.stack([getattr(run, name) for run in held]) for name in columns}
        whole = np.logical_and.reduce([np.isfinite(v).all(axis=1) for v in stacked.values()])
        self.settings = torch.from_numpy(values(states)[whole])
        self.gas, self.down, self.up, self.albedo, self.path, self.toa = (
            torch.from_numpy(stacked[name][whole]) for name in columns
        )
        # Five digits of the irradiance, four decimals of the distance.
        self.wavelength = torch.from_numpy(held[0].wavelength)
        self.irradiance = torch.from_numpy(held[0].irradiance / held[0].distance_factor)

    def __len__(self) -> int:
        return len(self.settings)

    @property
    def optics(self) -> Optics:
        """The truth."""
        return Optics(self.path, self.gas * self.down * self.up, self.albedo)
