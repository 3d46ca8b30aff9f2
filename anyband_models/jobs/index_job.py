"""What `physops compute` is to do: which indices, from which bands of a scene; or why it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anyband_models.damage.damage import Damage
from anyband_models.errors import InputError, ScaleError, UsageError
from anyband_models.jobs.index_cards import (
    built,
    card,
    chosen_band,
    instead,
    lacking,
    stands_for,
)
from anyband_models.jobs.scene_bands import image_bands
from anyband_models.scene.meta import Quantity
from anyband_models.scene.scene import Scene
from physops import Bands, Operator, OperatorSpec, indices
from physops.errors import UnknownConstantError
from physops.spectral_indices.operands import place_of
from srf_library import Sensor

# What the surface of the earth, or a cloud, can have [K].
COLDEST, HOTTEST = 150.0, 400.0
IN_WORDS = {
    Quantity.REFLECTANCE: "reflectance",
    Quantity.RADIANCE: "radiance",
    Quantity.DN: "digital numbers",
}


@dataclass(frozen=True, eq=False)
class IndexJob:
    """What is to be computed, of what.

    Attributes:
        scene: as it was read.
        damage: what of it is not used.
        bands: where its bands lie, and which are good.
        specs: the indices, in the order of the image that comes out.
        plugins: the operators of those that plugins offer, by name.
        constants: constants of the formulas that are not the usual ones.
        sensor: whose bands the scene is said to have.
    """

    scene: Scene
    damage: Damage
    bands: Bands
    specs: tuple[OperatorSpec, ...]
    plugins: Mapping[str, Operator] = field(default_factory=dict)
    constants: Mapping[str, float] = field(default_factory=dict)
    sensor: Sensor | None = None

    @property
    def indices(self) -> list[dict[str, Any]]:
        """Each index with its formula, constants and bands, for JSON."""
        return [self._told(spec) for spec in self.specs]

    def _told(self, spec: OperatorSpec) -> dict[str, Any]:
        given = {name: self.constants[name] for name in spec.constants if name in self.constants}
        return {
            "name": spec.name,
            "title": spec.title,
            "formula": spec.formula,
            "constants": {**spec.constants, **given},
            "degree": spec.degree,
            "reference": spec.source,
            "reason": spec.reason,
            "bands": {operand: self._band(operand) for operand in spec.operands},
        }

    def _band(self, operand: str) -> dict[str, Any] | None:
        band, names = chosen_band(operand, self.bands), self.scene.meta.band_names
        if band is None:  # a plugin may call its operands as it likes
            return None
        return {"name": names[band["number"] - 1] if any(names) else None, **band}

    def rows(self) -> list[tuple[str, ...]]:
        """Each index and the bands that it takes, for a table."""
        return [(spec.name, spec.formula, self.band_words(spec)) for spec in self.specs]

    def band_words(self, spec: OperatorSpec) -> str:
        """Return which bands an index takes: ``N: 833 nm, R: 665 nm``."""
        operands = [operand for operand in spec.operands if not place_of(operand)]
        bands = {operand: chosen_band(operand, self.bands) for operand in operands}
        told = (f"{name}: {band['wavelength_nm']:.0f} nm" for name, band in bands.items() if band)
        return ", ".join(told)


def index_names(names: Sequence[str]) -> list[str]:
    """Return indices as their names are spelt.

    Raises:
        UnknownNameError: if one is not known.
        UsageError: if one is no index, or is asked for twice.
    """
    found = []
    for given in names:
        name, spec = card(given)
        if spec is not None:
            _check_kind(spec)
        if name in found:
            raise UsageError(f"{name} is asked for twice; name each index once")
        found.append(name)
    return found


def parse_constants(given: Sequence[str]) -> dict[str, float]:
    """Return constants that are written as ``L=0.5``.

    Raises:
        UsageError: if one is not written so, or is given twice.

    >>> parse_constants(["L=0.5", "C1 = 6"])
    {'L': 0.5, 'C1': 6.0}
    """
    constants: dict[str, float] = {}
    for text in given:
        name, _, number = (part.strip() for part in text.partition("="))
        try:
            value = float(number)
        except ValueError:
            raise UsageError(
                f"--const {text} is not NAME=NUMBER; write for instance --const L=0.5"
            ) from None
        if not name or name in constants:
            raise UsageError(f"--const {text}: give each constant once, as in --const L=0.5")
        constants[name] = value
    return constants


def prepare(
    scene: Scene,
    damage: Damage,
    names: Sequence[str],
    constants: Mapping[str, float] | None = None,
    sensor: Sensor | None = None,
) -> IndexJob:
    """Find the bands that indices take of a scene.

    Args:
        scene: as it was read.
        damage: what of it is not to be used.
        names: of the indices, as `index_names` gives them.
        constants: constants of the formulas that are not the usual ones; each goes to every index
            that has it.
        sensor: the sensor's bands that the scene holds.

    Raises:
        InputError: if the scene lacks a band that an index needs.
        ScaleError: if its values are not what an index needs.
        UnknownConstantError: if no formula has a constant.
        ModelError, PhysopsError: if a plugin fails.
    """
    good = np.asarray(~damage.missing.all(axis=(1, 2)))
    bands = image_bands(scene.wavelength, scene.fwhm, good, sensor)
    cards = {name: spec for name, spec in (card(name) for name in names) if spec}
    known = {constant for spec in cards.values() for constant in spec.constants}
    for constant in constants or {}:
        if constant not in known:
            raise UnknownConstantError(constant, known)
    for spec in cards.values():
        _check_bands(spec, bands, scene, sensor)
    if cards and constants:  # which may turn a ratio into what needs reflectance
        own_constants: dict[str, Any] = dict(constants)
        given = indices(list(cards), bands=bands, **own_constants)
        cards = dict(zip(cards, given.specs, strict=True))
    plugins = {name: built(name, bands) for name in names if name not in cards}
    for operator in plugins.values():
        _check_kind(operator.spec)
    # What a plugin builds may bear another name than the plugin.
    own = {name: op.spec.model_copy(update={"name": name}) for name, op in plugins.items()}
    specs = tuple((cards | own)[name] for name in names)
    job = IndexJob(scene, damage, bands, specs, plugins, constants or {}, sensor)
    for spec in specs:
        _check_scale(spec, job)
    return job


def _check_kind(spec: OperatorSpec) -> None:
    if spec.name == "srf":
        raise UsageError(
            "srf is no index of a pixel but a scene in another sensor's bands; use "
            "`srf resample SCENE --to SENSOR -o OUT`"
        )
    if spec.kind != "index":
        raise UsageError(
            f"{spec.name} is no index but an operator of the kind {spec.kind!r}; "
            "`physops list --kind index` names the indices"
        )


def _check_bands(spec: OperatorSpec, bands: Bands, scene: Scene, sensor: Sensor | None) -> None:
    missing = lacking(spec, bands)
    if not missing:
        return
    source = scene.meta.path or "the scene"
    centres = bands.wavelength[bands.good]
    there = f"{len(centres)} at {centres.min():.0f}-{centres.max():.0f} nm" if centres.size else "0"
    others, by_name = instead(spec, bands), f" --sensor {sensor.id}" if sensor else ""
    offered = f"; it allows {', '.join(others)}" if others else ""
    raise InputError(
        f"{spec.name} needs {', '.join(missing)}, and {source} has no such band among its usable "
        f"ones ({there}){offered}; `physops list --for {source}{by_name}` names all"
    )


def _check_scale(spec: OperatorSpec, job: IndexJob) -> None:
    quantity, source = job.scene.meta.quantity, job.scene.meta.path or "the scene"
    if spec.degree != 0 and quantity is not Quantity.REFLECTANCE:
        raise ScaleError(
            f"{spec.name} needs reflectance, and {source} holds {IN_WORDS[quantity]}; state what "
            "makes it reflectance (--quantity reflectance --scale 1e-4, say), or choose a ratio "
            "(`physops show NAME` tells)"
        )
    for operand in spec.operands:
        if stands_for(operand).startswith("brightness"):
            _check_kelvin(spec.name, operand, job)


def _check_kelvin(index: str, operand: str, job: IndexJob) -> None:
    """Refuse a thermal band that was scaled as the others were, or is in degrees Celsius."""
    band = chosen_band(operand, job.bands)
    assert band is not None  # nothing is lacking
    values = job.scene.values[band["number"] - 1]
    known = values[np.isfinite(values)]
    middle = float(np.median(known)) if known.size else COLDEST
    if not COLDEST <= middle <= HOTTEST:
        raise ScaleError(
            f"{index} needs {operand} as a brightness temperature in kelvin, and the band at "
            f"{band['wavelength_nm']:g} nm lies at {middle:.4g} with the scale that is stated; "
            "write a scene in which it is kelvin and the other bands reflectance"
        )
