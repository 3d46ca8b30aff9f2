"""One scene in the arena: every model on the same masks."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from anyband_models.errors import AnybandError
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
    is_judged: Callable[[Key], bool],
    said: Callable[[str], None],
) -> Iterator[Entry]:
    """Judge every model on a scene; one that refuses gets an entry that says why.

    Args:
        name: of the scene.
        scene: whose right half is judged.
        contest: what is to be judged.
        is_judged: of an entry's key, whether there are scores already.
        said: told a line for each family.

    Raises:
        InputError: if the scene cannot be halved, or its right half holds no sound value.
    """
    models = {model: contest.create(model) for model in contest.models}
    for fit in contest.fits:
        asked = {
            family: {m: models[m] for m in models if not is_judged((name, fit, family, m))}
            for family in contest.families
        }
        if any(asked.values()):
            region = Region(scene, fit)
            for family, left in asked.items():
                yield from _told(region, Heat(name, fit, family), left, contest.seeds, said)


class Heat(NamedTuple):
    """What models are compared under."""

    scene: str
    fit: Fit
    family: str

    def entry(self, model: str, judged: Judged) -> Entry:
        """Return the scores of a model."""
        return Entry.of(self.scene, self.fit, self.family, model, judged)

    def refusal(self, model: str, error: AnybandError) -> Entry:
        """Return why a model has none."""
        return Entry(**self._asdict(), model=model, reason=str(error))


def _told(
    region: Region, heat: Heat, models: dict[str, Model], seeds: int, said: Callable[[str], None]
) -> list[Entry]:
    began = time.perf_counter()
    entries = list(_judged(region, heat, models, seeds)) if models else []
    if entries:
        seconds = time.perf_counter() - began
        said(f"{heat.scene}, fit {heat.fit}, {heat.family}: {_words(entries)} ({seconds:.1f} s)")
    return entries


def _judged(region: Region, heat: Heat, models: dict[str, Model], seeds: int) -> Iterator[Entry]:
    try:
        masks = region.masks(heat.family, seeds)
    except AnybandError as error:  # the scene cannot be damaged that way
        yield from (heat.refusal(name, error) for name in models)
        return
    for name, model in models.items():
        try:
            yield heat.entry(name, mean_judged([region.judge(model, mask) for mask in masks]))
        except AnybandError as error:
            yield heat.refusal(name, error)


def _words(entries: Sequence[Entry]) -> str:
    """Return PSNRs in words."""
    return ", ".join(f"{entry.model} {_decibels(entry)}" for entry in entries)


def _decibels(entry: Entry) -> str:
    if entry.judged is None:
        return "refused"
    psnr = entry.judged.psnr_missing
    return "no score" if psnr is None else f"{psnr:.2f} dB"
