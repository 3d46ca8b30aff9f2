"""How accurate the shipped networks are: each accuracy over its gate.

On canopies of another design than the networks were fitted to, against PROSAIL itself; and on
measured spectra from the shared data, of leaves, crops, grass and trees against those of soils,
roofs, roads and water, which the range of the manifold should tell apart.
"""

import os
import tempfile
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.stats import rankdata

from benchmarks.ratio import Ratio
from emulator_training.band_response import GRID
from emulator_training.shipped.prosail_manifold import ProsailManifold
from emulator_training.validation.gates import GATES
from emulator_training.validation.report import validate
from emulator_training.weights import SHIPPED
from physops import Bands

CANOPIES, SEED = 2000, 20261
LEAVES = {"leaf_angers": "reflectance", "leaf_lopex": "reflectance"}
OTHERS = {"soil_ossl_prosail": "spectra", "klum_urban": "spectra", "berlin_urban_lib": "spectra"}
# A city's library has plants, too, which are told by their names; artificial turf is none.
PLANTS = ("coniferous", "deciduous", "grass", "corn", "potatoes", "sorghum", "sugarbeet", "sunfl")
LEAST_AREA = 0.95


def measure() -> dict[str, Ratio]:
    """Return each accuracy over its gate, and the area under the curve of vegetation."""
    with tempfile.TemporaryDirectory() as folder:
        accuracy = validate(SHIPPED, Path(folder), CANOPIES, seed=SEED)
    found = {}
    for gate in GATES:
        value = accuracy[gate.operator][gate.name]
        label = f"{gate.label}, {'most' if gate.better == 'lower' else 'least'}"
        found[label] = _over(value, gate.limit, gate.better, f"{value:.4g}")
    area = _area()
    detail = f"area {area:.3f} by out_of_range"
    found["vegetation told apart"] = _over(area, LEAST_AREA, "higher", detail)
    return found


def _over(value: float, limit: float, better: str, detail: str) -> Ratio:
    # What lies above a negative limit is a smaller part of it.
    smaller = (better == "lower") != (limit < 0)
    detail = f"{detail} of {limit:.4g}"
    return Ratio(
        value=value / limit, goal=1, better="lower" if smaller else "higher", detail=detail
    )


def _area() -> float:
    """Return how often a spectrum of vegetation is nearer to the range than another."""
    parts = [_out_of_range(name, key) for name, key in (LEAVES | OTHERS).items()]
    values, plants = (np.concatenate(column) for column in zip(*parts, strict=True))
    on, off = values[plants], values[~plants]
    ranks = rankdata(np.concatenate([on, off]))[len(on) :]
    return float((ranks.sum() - len(off) * (len(off) + 1) / 2) / (len(on) * len(off)))


def _out_of_range(
    name: str, key: str
) -> tuple[Float[np.ndarray, " spectrum"], Bool[np.ndarray, " spectrum"]]:
    """Return how far the spectra of a library are out of range, and which are of plants."""
    folder = Path(os.environ.get("ANYBAND_DATA", "../shared/data")) / "libraries"
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there; set ANYBAND_DATA to the folder of shared data")
    with np.load(folder / f"{name}.npz") as file:
        nm, spectra = file["wavelength_nm"], file[key]
        names = file["names"] if name in OTHERS else np.array(["leaf"] * len(spectra))
    inside = (nm >= GRID[0]) & (nm <= GRID[-1])
    # Some libraries have gaps, at the same wavelengths in most of their spectra.
    inside &= np.isfinite(spectra).mean(axis=0) > 0.9
    whole = np.isfinite(spectra[:, inside]).all(axis=1)
    rows = torch.from_numpy(spectra[whole][:, inside]).float()
    manifold = ProsailManifold(Bands.at(nm[inside]))
    plants = np.array([text.startswith(("leaf", *PLANTS)) for text in names[whole]])
    return manifold.out_of_range(rows, band_dim=-1).numpy(), plants
