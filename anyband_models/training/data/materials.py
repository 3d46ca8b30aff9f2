"""Measured and simulated spectra of materials, cleaned, on one grid of wavelengths.

    python -m anyband_models.training.data.materials FOLDER [CACHE.npz]

tells how many there are. FOLDER (else $ANYBAND_DATA) holds `libraries/`, which is no part of the
project; what each source is, and on what terms, stands in `sources/sources.toml`.
"""

import os
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int

from anyband_models.errors import InputError
from anyband_models.files import staged
from anyband_models.training.data.completion import completed
from anyband_models.training.data.grid import GRID, Gathered, Spectra
from anyband_models.training.data.soundness import distinct, sound
from anyband_models.training.data.sources import canopies, earth_library, nirsoil, splib07

# Counts up when what is done to the spectra changes, so that an older cache is made anew.
_VERSION = 1
_PLANTS = {"vegetation", "dry_vegetation"}


@dataclass(frozen=True, eq=False)
class Materials:
    """Spectra on `GRID`, without NaN.

    Attributes:
        spectra: reflectance [1], 0 to 1.2.
        groups: what each is of: vegetation, dry_vegetation, soil, mineral, water, snow, urban,
            burn, organic (pure substances) or artificial (pigments, oxides, fabrics).
        sources: the key in `sources.toml` of each.
    """

    spectra: Float32[np.ndarray, "material 421"]
    groups: tuple[str, ...]
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.spectra)

    @cached_property
    def members(self) -> dict[str, Int[np.ndarray, " member"]]:
        """Which spectra each group has; groups in the order of the alphabet."""
        groups = np.array(self.groups)
        return {str(group): np.flatnonzero(groups == group) for group in np.unique(groups)}

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of spectra of each group and source."""
        return dict(sorted(Counter(zip(self.groups, self.sources, strict=True)).items()))

    def only(self, groups: Iterable[str]) -> "Materials":
        """Return the spectra of some groups."""
        wanted = set(groups)
        rows = [row for row, group in enumerate(self.groups) if group in wanted]
        return Materials(
            self.spectra[rows],
            tuple(self.groups[row] for row in rows),
            tuple(self.sources[row] for row in rows),
        )


@cache
def sources() -> dict[str, dict[str, str | list[str]]]:
    """Return what a card says of each source: title, document, licence, attribution, edits.

    >>> sources()["usgs_splib07"]["licence"]
    'public domain (a work of the U.S. Geological Survey)'
    """
    return tomllib.loads((files(__package__) / "sources/sources.toml").read_text("utf-8"))


def load(folder: Path | None = None, cache_file: Path | None = None) -> Materials:
    """Return all materials: the same for the same folder.

    Args:
        folder: that holds `libraries/`; else what ``ANYBAND_DATA`` names.
        cache_file: an npz that is read if it is there and of this version, whatever folder it
            was made from, and else written; to gather takes some seconds.

    Raises:
        InputError: if no folder is named, a file is not there, or earthlib is not installed.
    """
    if cache_file is not None and cache_file.is_file():
        held = _cached(cache_file)
        if held is not None:
            return held
    materials = _gathered(data_folder(folder))
    if cache_file is not None:
        _keep(materials, cache_file)
    return materials


def assembled(parts: Iterable[Gathered]) -> Materials:
    """Return the spectra of some sources that are sound and distinct; earlier ones win."""
    held = [part for part in parts if part.source]
    spectra = np.concatenate([part.spectra for part in held])
    groups = np.concatenate([np.array(part.groups, dtype=object) for part in held])
    names = np.concatenate([np.full(len(part.groups), part.source, dtype=object) for part in held])
    kept = np.flatnonzero(sound(spectra))
    kept = kept[distinct(spectra[kept])]
    values = np.clip(spectra[kept], 0.0, None).astype(np.float32)
    return Materials(values, tuple(groups[kept]), tuple(names[kept]))


def data_folder(folder: Path | None) -> Path:
    """Return the folder that holds `libraries/`: the one that is named, else ``ANYBAND_DATA``'s.

    Raises:
        InputError: if none is named, or what is needed is not in it.
    """
    named = os.environ.get("ANYBAND_DATA") if folder is None else str(folder)
    if named is None:
        raise InputError(
            "no folder of spectral libraries is named; give one (--data), or set ANYBAND_DATA to it"
        )
    needed = (splib07.COARSE, splib07.FINE, nirsoil.FILE)
    for each in needed:
        if not (Path(named) / each).is_file():
            raise InputError(f"{Path(named) / each} is not there; name the folder that holds it")
    return Path(named)


def _gathered(folder: Path) -> Materials:
    simulated = canopies.gathered()
    usgs = [_completed_library(part, simulated[0]) for part in splib07.gathered(folder)]
    fields = earth_library.gathered()[0]
    soils = _soils(nirsoil.gathered(folder)[0], fields)
    ground = _those(soils, {"soil"}, [_those(part, {"soil"}) for part in usgs])
    all_kinds = np.concatenate([ground, *(_those(part) for part in usgs)])
    is_soil = np.array(fields.groups) == "soil"
    values = fields.spectra.copy()
    values[is_soil] = completed(values[is_soil], ground)
    values[~is_soil] = completed(values[~is_soil], all_kinds)
    return assembled([*usgs, fields._replace(spectra=values), soils, *simulated])


def _those(part: Gathered, groups: set[str] | None = None, more: Iterable[Spectra] = ()) -> Spectra:
    """Return the complete and sound spectra of a source, of some groups, and more of them."""
    wanted = np.array([groups is None or group in groups for group in part.groups])
    return np.concatenate([part.spectra[wanted & sound(part.spectra)], *more])


def _completed_library(part: Gathered, canopies_: Gathered) -> Gathered:
    """Fill what the library lacks by its own complete spectra; plants by those of plants."""
    plants = np.array([group in _PLANTS for group in part.groups])
    values = part.spectra.copy()
    values[plants] = completed(values[plants], _those(part, _PLANTS, [canopies_.spectra]))
    values[~plants] = completed(values[~plants], _those(part))
    return part._replace(spectra=values)


def _soils(soils: Gathered, fields: Gathered) -> Gathered:
    """Give the soils of the near infrared the visible that soils of the field have with such.

    Where the field saw nothing, neither end is asked for: the regression runs on what both have.
    """
    donors = fields.spectra[np.array(fields.groups) == "soil"]
    both = np.isfinite(donors).all(axis=0)
    known = np.where(both, soils.spectra, np.nan)
    visible = GRID < 1100.0
    filled = soils.spectra.copy()
    filled[:, visible] = _on(both, known, donors)[:, visible]
    return soils._replace(spectra=filled)


def _on(seen: np.ndarray, spectra: Spectra, donors: Spectra) -> Spectra:
    """Complete spectra over the wavelengths alone that donors have."""
    found = spectra.copy()
    found[:, seen] = completed(spectra[:, seen], donors[:, seen], GRID[seen])
    return found


def _cached(path: Path) -> Materials | None:
    with np.load(path, allow_pickle=False) as held:
        if "version" not in held or held["version"] != _VERSION:
            return None
        groups, names = held["groups"].tolist(), held["sources"].tolist()
        return Materials(held["spectra"], tuple(groups), tuple(names))


def _keep(materials: Materials, path: Path) -> None:
    held = {
        "version": np.array(_VERSION),
        "wavelength_nm": GRID,
        "spectra": materials.spectra,
        "groups": np.array(materials.groups),
        "sources": np.array(materials.sources),
    }
    with staged(overwrite=True) as stage, stage(path).open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **held)


def main(arguments: list[str]) -> None:
    """Print how many spectra each group and source has."""
    paths = [Path(argument) for argument in arguments]
    folder, cache_file = [*paths, None, None][:2]
    materials = load(folder, cache_file)
    for (group, source), count in materials.counts().items():
        print(f"{group:16}{source:16}{count:6}")
    print(f"{'all':32}{len(materials):6}")


if __name__ == "__main__":
    main(sys.argv[1:])
