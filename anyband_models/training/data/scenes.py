"""Scenes that nobody measured: any number, of any bands, each a function of (seed, number).

What is mixed are few spectra, already seen in the scene's bands, so that a scene costs one small
matrix product and the noise. In the order in which light meets them: materials (`endmembers`),
where they lie and how they are lit (`abundances`), the atmosphere's correction (`air`), and the
instrument (`instrument`).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from anyband_models.training.data.abundances import Lit, lit
from anyband_models.training.data.air import Air, Uncorrected, air, sky, uncorrected
from anyband_models.training.data.amplitudes import Amplitudes, Span
from anyband_models.training.data.endmembers import choose
from anyband_models.training.data.fields import Shape
from anyband_models.training.data.instrument import Cube, dimmed, instrument, measured
from anyband_models.training.data.materials import Materials
from anyband_models.training.data.sensors import BandSet


@dataclass(frozen=True)
class Recipe:
    """How bad scenes are.

    Attributes:
        badness: from 0, clean, to 1, as bad as is met; even between these.
        blur: standard deviation of the point spread [pixels], even between these.
        adjacency: share of the light that comes from all over the scene, at most.
        uncorrected: share of the scenes that are not reflectance but radiance at the sensor, in
            units of the brightest white.
    """

    badness: Span = (0.0, 1.0)
    blur: Span = (0.0, 0.8)
    adjacency: float = 0.12
    uncorrected: float = 0.0


CLEAN_TO_BAD = Recipe()


class Simulated(NamedTuple):
    """A scene, and what it would be without errors.

    Attributes:
        values: reflectance as it would be delivered [1]; may be a little below 0.
        clean: the same without noise, errors, stripes and residues.
        groups: of the scene's classes.
    """

    values: Cube
    clean: Cube
    groups: tuple[str, ...]


def simulate(
    materials: Materials,
    bands: BandSet,
    rows: int,
    cols: int,
    seed: int,
    number: int,
    recipe: Recipe = CLEAN_TO_BAD,
) -> Cube:
    """Return a scene's reflectance ``(band, row, col)`` [1].

    With other bands the same seed and number are the same ground in the same light, but for the
    noise, the gains and the stripes, which are drawn last.

    Args:
        materials: what it is made of.
        bands: of the scene.
        rows: of the scene.
        cols: of the scene.
        seed: of all scenes of a run.
        number: which scene.
        recipe: how bad it is.
    """
    return simulated(materials, bands, rows, cols, seed, number, recipe).values


def simulated(
    materials: Materials,
    bands: BandSet,
    rows: int,
    cols: int,
    seed: int,
    number: int,
    recipe: Recipe = CLEAN_TO_BAD,
) -> Simulated:
    """Return a scene as `simulate` does, and what it would be without errors."""
    key = np.array([seed, number], dtype=np.uint64)
    # Apart from `batches` and `sensors`, whose keys look like these.
    rng = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, 3]))
    amplitudes = Amplitudes(rng, rng.uniform(*recipe.badness))
    shape = Shape(rows, cols)
    endmembers = choose(rng, materials)
    blur, adjacency = rng.uniform(*recipe.blur), rng.uniform(0.0, recipe.adjacency)
    light = lit(amplitudes, endmembers, shape, blur, adjacency)
    clean = _mixed(endmembers.spectra, sky(rng), light, bands)
    left, raw = air(amplitudes, shape), uncorrected(rng)
    values = _through(clean, left, bands)
    as_radiance = rng.random() < recipe.uncorrected
    seen_by = instrument(amplitudes, bands.bands, shape)
    if as_radiance:
        clean, values = (_lit_by(each, raw, bands) for each in (clean, values))
        seen_by = dimmed(seen_by, (bands.matrix @ raw.gain).astype(np.float32))
    return Simulated(measured(rng, values, seen_by), clean, endmembers.groups)


def _mixed(
    spectra: Float32[np.ndarray, "variant 421"],
    blue: Float32[np.ndarray, " 421"],
    light: Lit,
    bands: BandSet,
) -> Cube:
    variants, rows, cols = light.sun.shape
    mixed = bands.matrix @ spectra.T @ light.sun.reshape(variants, -1)
    if light.sky is not None:
        mixed += bands.matrix @ (spectra * blue).T @ light.sky.reshape(variants, -1)
    return mixed.reshape(-1, rows, cols)


def _lit_by(cube: Cube, raw: Uncorrected, bands: BandSet) -> Cube:
    """Return at-sensor radiance; a band's gain is the mean over its response."""
    gain, path = (
        (bands.matrix @ each).astype(np.float32)[:, None, None] for each in (raw.gain, raw.path)
    )
    return gain * cube + path


def _through(clean: Cube, left: Air, bands: BandSet) -> Cube:
    """Return reflectance with what is left of the atmosphere."""
    residue = (bands.matrix @ left.residue).astype(np.float32)
    haze = (bands.matrix @ left.haze).astype(np.float32)
    values = residue[:, None, None] * left.unevenness
    values += 1.0
    values *= clean
    values += haze[:, None, None] * left.haziness
    return values
