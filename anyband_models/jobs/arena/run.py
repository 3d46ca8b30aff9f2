"""`anyband-zoo arena` from a folder of scenes to a table, its numbers and a picture."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from anyband_models.damage.detect import detect
from anyband_models.damage.protocols import parse
from anyband_models.errors import AnybandError, UsageError
from anyband_models.evaluation.scores import peak_of
from anyband_models.files import Stage, staged
from anyband_models.jobs.arena.judging import Contest, Entrant, judge
from anyband_models.jobs.arena.page import page, picture
from anyband_models.jobs.arena.results import Results, SceneFacts, Settings
from anyband_models.jobs.arena.scenes import listed, opened, readings
from anyband_models.models.registry import get_model
from anyband_models.repair.files import versions
from anyband_models.scene.scene import Scene

PAGE, DATA, PICTURE = "arena.md", "arena.json", "arena.png"


def arena(
    scenes: Path,
    contest: Contest,
    reading: Mapping[str, Any],
    folder: Path,
    command: str,
    overwrite: bool,
    said: Callable[[str], None],
) -> tuple[Results, tuple[Path, ...]]:
    """Judge every model on every scene of a folder, and write what was found after each.

    What stands in the folder already, of the same settings and weights, is not judged again; what
    other weights of these models scored is forgotten.

    Args:
        scenes: folder of the scenes.
        contest: what is to be judged.
        reading: what is said of all scenes, as `open_scene` takes it; None where nothing is.
        folder: where the files go; made if it is not there.
        command: that was given, for the record.
        overwrite: whether to start anew, whatever stands in the folder.
        said: told a line as it goes on.

    Returns:
        What was found, and the files: page, numbers, picture.

    Raises:
        UsageError: if a family is not known, or what stands in the folder is of other settings.
        UnknownModelError, WeightsError: if a model or the weights are not there.
        InputError: if the folder holds no scene.
    """
    settings = _settings(contest, reading)  # a wrong name is answered before any work
    paths, single = listed(scenes), readings(scenes)
    entrants = [Entrant.of(model, contest.create(model)) for model in contest.models]
    results = _begun(folder, settings, overwrite)
    results.keep({one.name: one.weights for one in entrants})
    results.commands = list(dict.fromkeys([*results.commands, command]))
    files = folder / PAGE, folder / DATA, folder / PICTURE
    own = {file.resolve() for file in files}
    paths = [path for path in paths if path.resolve() not in own]
    for number, path in enumerate(paths):
        said(f"scene {number + 1} of {len(paths)}: {path.name}")
        how = {**reading, **single.get(path.name, {})}
        judged = _judge(path, contest, entrants, how, results, said)
        if judged or path == paths[-1]:
            _save(results, files)
    return results, files


def _settings(contest: Contest, reading: Mapping[str, Any]) -> Settings:
    for family in contest.families:
        parse(family)
    for model in contest.models:
        get_model(model)
    return Settings(
        seeds=contest.seeds,
        reading={name: value for name, value in reading.items() if value is not None},
        weights_sha256=_weights_sha256(contest.weights),
        anyband=version("anyband"),
    )


def _weights_sha256(path: Path | None) -> str:
    if path is None:
        return ""
    from anyband_models.diffusion.files import read_description  # slow to import

    return read_description(path / "model.json" if path.is_dir() else path).sha256


def _begun(folder: Path, settings: Settings, overwrite: bool) -> Results:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one, which is made if it is not there")
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / DATA
    if data.exists() and not overwrite:
        return Results.read(data, settings, versions())
    Stage(overwrite).check([folder / PAGE, data, folder / PICTURE])
    return Results(settings, versions())


def _judge(
    path: Path,
    contest: Contest,
    entrants: Sequence[Entrant],
    reading: Mapping[str, Any],
    results: Results,
    said: Callable[[str], None],
) -> bool:
    """Judge one scene, and return whether anything was; if it cannot be, the run goes on."""
    try:
        scene, note = opened(path, reading)
        results.meet(path.name, _facts(scene, note))
        found = list(judge(path.name, scene, contest, entrants, results.is_judged, said))
    except AnybandError as error:
        said(f"{path.name} is not judged: {error}")
        results.refuse(path.name, str(error))
        return False
    results.add(found)
    return bool(found)


def _facts(scene: Scene, note: str) -> SceneFacts:
    values = np.ascontiguousarray(scene.values)
    return SceneFacts(
        sha256=_sha256(scene, values),
        shape=values.shape,
        quantity=scene.meta.quantity.value,
        peak=peak_of(values, ~detect(scene).missing),
        note=note,
    )


def _sha256(scene: Scene, values: np.ndarray) -> str:
    """Return what changes when anything does that a model is shown, or judged on."""
    digest = hashlib.sha256(values.data)
    for axis in (scene.wavelength, scene.fwhm, scene.good):
        digest.update(np.ascontiguousarray(axis).data)
    digest.update(scene.meta.quantity.value.encode())
    return digest.hexdigest()


def _save(results: Results, files: tuple[Path, ...]) -> None:
    made = page(results).encode(), results.text().encode(), picture(results)
    with staged(overwrite=True) as stage:
        for file, content in zip(files, made, strict=True):
            stage(file).write_bytes(content)
