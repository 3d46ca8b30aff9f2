"""PROSAIL-D in torch: many canopies at once, differentiable in everything."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from emulator_training.errors import SoilLengthError
from emulator_training.parameters import NAMES, check
from emulator_training.simulators.architecture import architecture
from emulator_training.simulators.prospect import Leaf, Surface, prospect, surface
from emulator_training.simulators.sail import beams, sail
from emulator_training.simulators.tables import tables
from physops.errors import NotTensorError

# Reflectances that are computed at a time, so that what they need stays in the caches.
PIECE = 100_000
LEAF = NAMES[:7]  # n, cab, car, cbrown, cw, cm, ant


class Prosail(nn.Module):
    """Canopies' reflectance by PROSPECT-D and 4SAIL, from their parameters.

    In the order of `emulator_training.parameters`; float32 or float64, as they come. The
    coefficients are read from the package `prosail` and are exact at whole nanometres; between
    them they are interpolated linearly. There is no coupling between wavelengths: a few of them
    cost a few of 2101.

    Args:
        wavelengths: where [nm], from 400 to 2500; every whole one if not given.
        check: whether parameters that cannot be are refused, for which their values are looked
            at; `torch.compile` takes a model that does not. Unchecked, any `psi` is folded.

    Raises:
        TablesMissingError: if the package `prosail` is not installed.
        WavelengthRangeError: if a wavelength is outside.
    """

    wavelengths: Float[Tensor, " wavelength"]
    absorption: Float[Tensor, "absorber wavelength"]
    dry: Float[Tensor, " wavelength"]
    wet: Float[Tensor, " wavelength"]

    def __init__(
        self,
        wavelengths: Sequence[float] | Float[np.ndarray, " wavelength"] | Tensor | None = None,
        check: bool = True,
    ) -> None:
        super().__init__()
        self.check = check
        at = None if wavelengths is None else np.asarray(wavelengths, dtype=np.float64)
        table = tables(at)
        passing = surface(table.refraction)._asdict()
        arrays = {
            "wavelengths": table.wavelengths,
            "absorption": table.absorption,
            "dry": table.dry,
            "wet": table.wet,
        }
        spectra = {name: torch.from_numpy(array) for name, array in arrays.items()}
        for name, spectrum in (spectra | passing).items():
            # They stay in the package that they come from: no state_dict holds them.
            self.register_buffer(name, spectrum.clone(), persistent=False)

    def forward(
        self,
        parameters: Float[Tensor, "*batch parameter"],
        soil: Float[Tensor, "*#batch wavelength"] | None = None,
    ) -> Float[Tensor, "*batch wavelength"]:
        """Return the bidirectional reflectance under the sun alone [1].

        Args:
            parameters: of the canopies, as `emulator_training.parameters` lists them.
            soil: its reflectance [1], in place of what `psoil` and `rsoil` make of dry and wet.

        Raises:
            NotTensorError: if the parameters are no tensor.
            ParameterCountError: if there are not 15 parameters.
            ParameterRangeError: if one cannot be.
            RadiansError: if the angles of all canopies are in radians.
            SoilLengthError: if the soil has another number of wavelengths.
        """
        if not isinstance(parameters, Tensor):
            raise NotTensorError(type(parameters), "PROSAIL")
        if self.check:
            check(parameters)
        if soil is not None and soil.shape[-1] != len(self.wavelengths):
            raise SoilLengthError(soil.shape[-1], len(self.wavelengths))
        batch = parameters.shape[:-1]
        rows = parameters.reshape(batch.numel(), len(NAMES))
        # A compiler makes its own pieces.
        whole = torch.compiler.is_compiling()
        count = 1 if whole else -(-len(rows) * len(self.wavelengths) // PIECE) or 1
        parts = rows.tensor_split(count)
        grounds: Sequence[Tensor | None] = [None] * count
        if soil is not None:
            each = soil.expand(*batch, -1).reshape(len(rows), len(self.wavelengths))
            grounds = each.tensor_split(count)
        found = [self._spectra(part, ground) for part, ground in zip(parts, grounds, strict=True)]
        return torch.cat(found).reshape(*batch, len(self.wavelengths))

    def leaf(
        self, parameters: Float[Tensor, "*batch leaf_parameter"]
    ) -> tuple[Float[Tensor, "*batch wavelength"], Float[Tensor, "*batch wavelength"]]:
        """Return the reflectance and transmittance of leaves [1], from n, cab, ... ant."""
        found = self._leaf(parameters)
        return found.reflectance, found.transmittance

    def soil(
        self, psoil: Float[Tensor, "*batch 1"], rsoil: Float[Tensor, "*batch 1"]
    ) -> Float[Tensor, "*batch wavelength"]:
        """Return the reflectance of a soil [1], of which so much is dry and the rest wet."""
        return rsoil * torch.lerp(self.wet.to(psoil), self.dry.to(psoil), psoil)

    def _spectra(self, rows: Tensor, soil: Tensor | None) -> Tensor:
        columns = {name: rows[:, i : i + 1] for i, name in enumerate(NAMES)}
        if soil is None:
            soil = self.soil(columns["psoil"], columns["rsoil"])
        angles = (columns[name].double() for name in ("ala", "tts", "tto", "psi"))
        lai, size = columns["lai"].double(), columns["hspot"].double()
        canopy = beams(architecture(*angles), lai, size, rows.dtype)
        return sail(self._leaf(rows[:, : len(LEAF)]), soil, canopy)

    def _leaf(self, parameters: Tensor) -> Leaf:
        names = Surface._fields
        passing = Surface(*(getattr(self, name).to(parameters) for name in names))
        absorbed = parameters[..., 1:] @ self.absorption.to(parameters)
        return prospect(parameters[..., :1], absorbed, passing)
