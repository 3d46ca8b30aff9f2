"""`anyband-zoo train --preset anyband`: from a folder of data to the weights of `anyband`."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from anyband_models.diffusion.any_bands_files import write_any_bands
from anyband_models.errors import InputError, UsageError
from anyband_models.files import staged
from anyband_models.jobs.train import MODEL, check_folder, room
from anyband_models.training.anyband.recipe import Data, Recipe, RecipeConfig, make_examples
from anyband_models.training.anyband.store import Store
from anyband_models.training.checkpoint import check_same, read_checkpoint, write_checkpoint
from anyband_models.training.events import Events, events
from anyband_models.training.journal import Journal, Record, record
from anyband_models.training.loop import Progress

PRESET, RECIPE, EXAMPLES = "anyband", "recipe.json", "examples"
Said = Callable[[str], None]


@dataclass(frozen=True)
class RecipeResult:
    """What a run left behind.

    Attributes:
        folder: of the run.
        steps: how many were taken.
        skipped: how many of them were left out.
        scores: of the model, on the examples that were held out.
    """

    folder: Path
    steps: int
    skipped: int
    scores: dict[str, Any]

    @property
    def files(self) -> tuple[Path, ...]:
        """What stands in the folder, but for the examples."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.is_file()))

    @property
    def summary(self) -> dict[str, Any]:
        """What was done, for JSON."""
        files = [str(path) for path in self.files]
        return {
            "steps": self.steps, "skipped": self.skipped, "scores": self.scores, "files": files,
        }  # fmt: skip


def meant(preset: str | None, config: Path | None, folder: Path, resume: bool) -> bool:
    """Return whether a command is about `anyband`: it says so, or goes on with such a run."""
    if preset is not None or config is not None:
        return preset == PRESET
    return resume and (folder / RECIPE).is_file()


def refuse(options: Mapping[str, object], why: str) -> None:
    """Refuse options that make no sense.

    Args:
        options: by name; None or empty where not given.
        why: the end of the sentence.

    Raises:
        UsageError: naming those that were given.
    """
    given = [name for name, value in options.items() if value not in (None, ())]
    if given:
        does = "does" if len(given) == 1 else "do"
        raise UsageError(f"{' and '.join(given)} {does} not go with {why}")


def chosen_recipe(changes: Mapping[str, object], folder: Path, resume: bool) -> RecipeConfig:
    """Return the config of a command: that of the run to go on with, if there is one.

    Args:
        changes: settings of the command, which count more; None = not given.
        folder: of the run.
        resume: whether it may be there.

    Raises:
        UsageError: if the folder holds something else, or a run and `resume` is not set, or one
            that was started otherwise.
        InputError: if its config is damaged, or a setting cannot be.
    """
    check_folder(folder, resume, RECIPE)
    given = {name: value for name, value in changes.items() if value is not None}
    path, before = folder / RECIPE, None
    try:
        if path.is_file():
            before = RecipeConfig.model_validate_json(path.read_text(encoding="utf-8"))
        settings = {} if before is None else before.model_dump()
        config = RecipeConfig.model_validate({**settings, **given})
    except (ValidationError, ValueError) as error:
        said = path if before is None and path.is_file() else "a setting"
        raise InputError(f"{said} is not what it must be: {_first(error)}") from error
    if before is not None:
        check_same(folder, config, before.model_dump(mode="json"))
    return config


def run_recipe(
    config: RecipeConfig,
    folder: Path,
    data: Callable[[], Data],
    processes: int = 1,
    said: Said = lambda what: None,
    command: str = "",
) -> RecipeResult:
    """Make examples, fit the network, calibrate it and write the model, or go on with that.

    Args:
        config: of the run.
        folder: made if it is not there.
        data: reads what examples are made of; asked only if some are not there yet.
        processes: that make examples.
        said: told how far the run is, a line each time.
        command: that was given, for the record.

    Raises:
        UsageError: if the examples in the folder are of other data.
        InputError: if the data or an example cannot be read.
        WeightsError: if the checkpoint is damaged.
        QualityError: if ten steps in a row are not finite, or there is nothing to learn from.
        ResourceError: if the disk is full; what was made stands.
    """
    store = Store(folder / EXAMPLES)
    held = data() if store.lacking(config.examples) else None  # refused before anything is written
    with room(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with staged(overwrite=True) as stage:
            text = config.model_dump_json(indent=1) + "\n"
            stage(folder / RECIPE).write_text(text, encoding="utf-8")
        if held is not None:
            _examples(config, store, held, processes, said)
        recipe = Recipe(config, store)
        _fitted(recipe, folder, said)
        said("learning how far the model errs")
        model, scores = recipe.finished()
        fitting = recipe.fitting
        about = {
            "command": command,
            "config": config.model_dump(mode="json"),
            "examples": len(fitting.examples),
            "steps": fitting.step,
            "skipped": fitting.skipped,
        }
        write_any_bands(folder / MODEL, model, about, scores)
    return RecipeResult(folder, fitting.step, fitting.skipped, scores)


def _examples(config: RecipeConfig, store: Store, data: Data, processes: int, said: Said) -> None:
    """Make the examples that are not there yet."""
    lacking = len(store.lacking(config.examples))
    there = config.examples - lacking
    said(f"{lacking} of {config.examples} examples to make, processes: {processes}")
    began, often = time.monotonic(), max(1, config.examples // 40)

    def told(done: int, count: int) -> None:
        if done % often == 0 or done == count:
            left = (time.monotonic() - began) / max(1, done - there) * (count - done)
            said(f"example {done}/{count}, {left / 60:.1f} min left")

    make_examples(config, store, data, processes, told)


def _fitted(recipe: Recipe, folder: Path, said: Said) -> None:
    """Take the steps that are left."""
    config, fitting = recipe.config, recipe.fitting
    found = read_checkpoint(folder, config, recipe.spec)
    if found is not None:
        fitting.resume(found)
        said(f"going on from step {fitting.step}")
    parameters = sum(weights.numel() for weights in fitting.network.parameters())
    said(
        f"{parameters:,} parameters, {len(fitting.examples)} examples, "
        f"{len(recipe.held_out)} held out, {config.steps - fitting.step:,} steps to take"
    )
    journal = Journal(folder, fitting.step)
    with events(folder, fitting.step) as shown:
        reports = _Reports(recipe, journal, shown, said)
        while fitting.step < config.steps:
            progress = fitting.advance()
            if config.reports(fitting.step):
                reports(progress)
            if config.keeps(fitting.step):
                write_checkpoint(folder, config, recipe.spec, fitting.checkpoint())


class _Reports:
    """Told of steps; validates those that are kept."""

    def __init__(self, recipe: Recipe, journal: Journal, shown: Events, said: Said) -> None:
        self.recipe, self.journal, self.shown, self.said = recipe, journal, shown, said
        self.began, self.first = time.monotonic(), recipe.fitting.step

    def __call__(self, progress: Progress) -> None:
        found = record(progress, {})
        if self.recipe.config.keeps(progress.step) and self.recipe.held_out:
            found["gain"] = self.recipe.gains()
        self.journal.add(found)
        self.shown.add(found, None)
        self.said(self._line(found))

    def _line(self, found: Record) -> str:
        step, steps = found["step"], self.recipe.config.steps
        each = (time.monotonic() - self.began) / max(1, step - self.first)
        loss = "not finite" if found["loss"] is None else f"{found['loss']:.4g}"
        parts = [f"step {step}/{steps}", f"loss {loss}"]
        parts += [f"{found['skipped']} skipped"] * bool(found["skipped"])
        parts.append(f"{(steps - step) * each / 60:.1f} min left")
        if gain := found.get("gain"):
            above = (f"{family} {value:+.2f}" for family, value in gain.items())
            parts.append(f"dB over the prior: {', '.join(above)}")
        return ", ".join(parts)


def _first(error: ValueError) -> str:
    """Return what is wrong with a config, in words."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'settings'}: {first['msg']}"
    return str(error)


def rows(scores: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the scores of a run as rows: masks and prior, gain [dB], share within intervals."""
    gain, *_ = (value for name, value in scores.items() if "gain" in name)
    held, *_ = (value for name, value in scores.items() if "intervals" in name)
    return [(name, f"{value:+.2f}", f"{held[name]:.1%}") for name, value in gain.items()]
