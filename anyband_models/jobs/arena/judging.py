"""One scene in the arena: every model on the same masks."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from anyband_models.errors import AnybandError, WeightsError
from anyband_models.evaluation.evaluate import Fit, Region
from anyband_models.evaluation.judged import Judged, mean_judged
from anyband_models.jobs.arena.results import BASELINE, Entry, Key
from anyband_models.models.contract import Model
from anyband_models.models.registry import create_model, learned
from anyband_models.scene.scene import Scene


class Contest(NamedTuple):
    """What is to be judged on every scene.

    Attributes:
        models: names of the zoo, the baseline first.
        families: of masks.
        fits: with support, without, or both.
        seeds: masks a family.
        weights: of models that learn; those that ship, if None.
    """

    models: tuple[str, ...]
    families: tuple[str, ...]
    fits: tuple[Fit, ...]
    seeds: int
    weights: Path | None = None

    def create(self, name: str) -> Model:
        """Build a model, with the weights if it takes any."""
        weights = None if self.weights is None else str(self.weights)
        return create_model(name, **learned(name, weights))


def with_baseline(models: Sequence[str]) -> tuple[str, ...]:
    """Return the models, each once, with the one that all are compared with in front."""
    return tuple(dict.fromkeys((BASELINE, *models)))


def judge(
    name: str,
    scene: Scene,
    contest: Contest,
    entrants: Sequence["Entrant"],
    is_judged: Callable[[Key], bool],
    said: Callable[[str], None],
) -> Iterator[Entry]:
    """Judge every model on a scene; one that refuses gets an entry that says why.

    Args:
        name: of the scene.
        scene: whose right half is judged.
        contest: what is to be judged.
        entrants: the models of the contest.
        is_judged: of an entry's key, whether there are scores already.
        said: told a line for each family.

    Raises:
        InputError: if the scene cannot be halved, or its right half holds no sound value.
    """
    for fit in contest.fits:
        asked = {
            family: [one for one in entrants if not is_judged((name, fit, family, one.name))]
            for family in contest.families
        }
        if any(asked.values()):
            region = Region(scene, fit)
            for family, left in asked.items():
                yield from _told(region, Heat(name, fit, family), left, contest.seeds, said)


class Entrant(NamedTuple):
    """A model that is judged.

    Attributes:
        name: in the zoo.
        model: itself.
        weights: the beginning of the sha256 of its learned numbers; empty without any.
    """

    name: str
    model: Model
    weights: str

    @classmethod
    def of(cls, name: str, model: Model) -> "Entrant":
        """Look at a model's weights.

        Raises:
            WeightsError: if they are not there.
        """
        digest = hashlib.sha256()
        for path in model.weights_files():
            try:
                digest.update(path.read_bytes())
            except OSError as error:
                raise WeightsError(path, f"cannot be read: {error.strerror}") from error
        return cls(name, model, digest.hexdigest()[:12] if model.weights_files() else "")


class Heat(NamedTuple):
    """What models are compared under."""

    scene: str
    fit: Fit
    family: str

    def entry(self, of: Entrant, judged: Judged) -> Entry:
        """Return the scores of a model."""
        return Entry.of(*self, of.name, of.weights, judged)

    def refusal(self, of: Entrant, error: AnybandError) -> Entry:
        """Return why a model has none."""
        return Entry(**self._asdict(), model=of.name, weights=of.weights, reason=str(error))


def _told(
    region: Region, heat: Heat, models: list[Entrant], seeds: int, said: Callable[[str], None]
) -> list[Entry]:
    began = time.perf_counter()
    entries = list(_judged(region, heat, models, seeds)) if models else []
    if entries:
        seconds = time.perf_counter() - began
        said(f"{heat.scene}, fit {heat.fit}, {heat.family}: {_words(entries)} ({seconds:.1f} s)")
    return entries


def _judged(region: Region, heat: Heat, models: list[Entrant], seeds: int) -> Iterator[Entry]:
    try:
        masks = region.masks(heat.family, seeds)
    except AnybandError as error:  # the scene cannot be damaged that way
        yield from (heat.refusal(one, error) for one in models)
        return
    for one in models:
        try:
            yield heat.entry(one, mean_judged([region.judge(one.model, mask) for mask in masks]))
        except AnybandError as error:
            yield heat.refusal(one, error)


def _words(entries: Sequence[Entry]) -> str:
    """Return PSNRs in words."""
    return ", ".join(f"{entry.model} {_decibels(entry)}" for entry in entries)


def _decibels(entry: Entry) -> str:
    if entry.judged is None:
        return "refused"
    psnr = entry.judged.psnr_missing
    return "no score" if psnr is None else f"{psnr:.2f} dB"
