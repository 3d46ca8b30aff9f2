"""Measured soils, roofs, roads, litter and char of the package `earthlib`, read without it.

Its data files are enough; importing it would bring its logging and its tables of sensors.
"""

import csv
import importlib.util
import re
from pathlib import Path

import numpy as np

from anyband_models.errors import InputError
from anyband_models.training.data.grid import Gathered, on_grid

# What its third level calls things; what is not here is an urban material.
_GROUPS = {
    "soil": "soil",
    "dirt": "soil",
    "gravel": "soil",
    "sand": "soil",
    "char": "burn",
    "litter": "dry_vegetation",
    "npv": "dry_vegetation",
    "bark": "dry_vegetation",
    "wood": "dry_vegetation",
}


def gathered() -> list[Gathered]:
    """Return the spectra that were measured; NaN around 1400 and 1900 nm and beyond 2450 nm.

    Raises:
        InputError: if the package is not installed.
    """
    folder = _folder()
    with (folder / "spectra.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    header = (folder / "spectra.sli.hdr").read_text(encoding="utf-8")
    listed = re.search(r"\nwavelength = \{([^}]*)\}", header)
    assert listed is not None  # of the one version that was read, 1.1
    wavelength = 1e3 * np.array([float(number) for number in listed[1].split(",")])
    values = np.fromfile(folder / "spectra.sli", "<f4").reshape(len(rows), len(wavelength))
    measured = [row for row, told in enumerate(rows) if told["LEVEL_4"] == "measured"]
    groups = tuple(_GROUPS.get(rows[row]["LEVEL_3"], "urban") for row in measured)
    return [Gathered(on_grid(wavelength, values[measured]), groups, "earthlib")]


def _folder() -> Path:
    found = importlib.util.find_spec("earthlib")
    if found is None or found.origin is None:
        raise InputError(
            "the package earthlib, whose measured spectra are wanted, is not installed; "
            "run `pip install earthlib`, or put its unpacked wheel on PYTHONPATH"
        )
    return Path(found.origin).parent / "data"
