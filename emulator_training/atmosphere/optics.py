"""What an atmosphere does to light, by wavelength, from the shipped table of coefficients."""

import hashlib
import io
from dataclasses import dataclass, fields
from pathlib import Path as File

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from emulator_training.atmosphere import terms
from emulator_training.errors import DamagedFileError

Vector = Float[Tensor, " wavelength"]
Coefficients = Float[Tensor, "_ wavelength"]
Spectra = Float[Tensor, "*batch wavelength"]


@dataclass(frozen=True, eq=False)
class Optics:
    """What an atmosphere does to light.

    Attributes:
        path: reflectance of the atmosphere over a black surface, through its gases [1].
        transmittance: of gases and scatterers, down and up [1].
        albedo: spherical albedo, as the surface sees it [1].
    """

    path: Spectra
    transmittance: Spectra
    albedo: Spectra


@dataclass(frozen=True, eq=False)
class Table:
    """Coefficients of the terms of `atmosphere.terms`, in double precision.

    Attributes:
        wavelength: [nm].
        irradiance: of the sun above the atmosphere, one astronomical unit away [W m⁻² µm⁻¹].
        rayleigh: optical depth of the molecules.
        extinction: of the aerosol, for one of 1 at 550 nm.
        water: of the depth of water vapour.
        gases: of the depth of the other gases.
        scattering: of the depth of scattering, one way.
        albedo: of the spherical albedo.
        molecules: of what molecules scatter once.
        aerosol: of what the aerosol scatters once.
        multiple: of what is scattered more than once.
        alone: of what molecules would scatter if there were no aerosol.
    """

    wavelength: Vector
    irradiance: Vector
    rayleigh: Vector
    extinction: Vector
    water: Coefficients
    gases: Coefficients
    scattering: Coefficients
    albedo: Coefficients
    molecules: Coefficients
    aerosol: Coefficients
    multiple: Coefficients
    alone: Coefficients

    @classmethod
    def read(cls, path: File, sha256: str) -> "Table":
        """Read a table that is just the one that was shipped.

        Raises:
            DamagedFileError: if its bytes are others.
        """
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DamagedFileError(path.name)
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            columns = {field.name: held[field.name] for field in fields(cls)}
        return cls(**{k: torch.from_numpy(v.astype(np.float64)) for k, v in columns.items()})

    def at(self, places: Int[Tensor, " place"]) -> "Table":
        """Return the table of some of its wavelengths."""
        return Table(*(getattr(self, field.name)[..., places] for field in fields(self)))

    def to(self, device: torch.device) -> "Table":
        """Return the table on a device."""
        return Table(*(getattr(self, field.name).to(device) for field in fields(self)))

    def optics(self, settings: Float[Tensor, "*batch setting"]) -> Optics:
        """Return what an atmosphere does to light; every setting has a gradient.

        What molecules would scatter alone has not crossed the water vapour, which lies low, and
        what the aerosol changes of that has crossed half of it: so it is in 6S. Where water lets
        nothing through, what molecules scatter is left.

        Args:
            settings: in the order of `SETTINGS`, in double precision.
        """
        path = terms.Path.of(settings)
        fixed = torch.exp(-terms.gases(path) @ self.gases)
        water, half = (torch.exp(-terms.water(path, part) @ self.water) for part in (1.0, 0.5))
        ways = terms.scattering(path.sun, path.aod) + terms.scattering(path.view, path.aod)
        by_molecules, by_aerosol, depth = terms.once_scattered(path, self.rayleigh, self.extinction)
        both = by_molecules * (terms.molecules(path) @ self.molecules)
        both = both + by_aerosol * (terms.aerosol(path) @ self.aerosol)
        both = both + depth * (terms.multiple(path) @ self.multiple)
        alone = terms.once(path, self.rayleigh) * (terms.alone(path) @ self.alone)
        return Optics(
            path=fixed * (alone + half * (both - alone)),
            transmittance=fixed * water * torch.exp(-ways @ self.scattering),
            albedo=terms.albedo(path) @ self.albedo,
        )
