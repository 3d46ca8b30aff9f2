"""Which config a training command means: a file's, a preset's, or that of the run to go on with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anyband_models.errors import UsageError
from anyband_models.scene.folders import scenes_of
from anyband_models.training.config import TrainingConfig, preset
from anyband_models.training.config_file import checked, read_config

CONFIG = "config.yaml"


def chosen_config(
    file: Path | None,
    preset_name: str | None,
    scenes: Sequence[Path],
    reading: Mapping[str, Any],
    changes: Mapping[str, Any],
    folder: Path,
    resume: bool,
) -> TrainingConfig:
    """Return the config of a command.

    Args:
        file: a YAML file; neither it nor a preset: that of the run in the folder.
        preset_name: instead of the file.
        scenes: those of the file, if none are given.
        reading: what is said of the scenes' files; None = not given.
        changes: other settings of the command, which count more than the file's; None = not given.
        folder: of the run.
        resume: whether it may be there.

    Raises:
        UsageError: if the options contradict each other, or leave open what to train.
        InputError: if the file is not what it must be, or a folder holds no scene.
        UnknownNameError: if there is no such preset.
    """
    if file is not None and preset_name is not None:
        raise UsageError(f"{file} and --preset {preset_name} are two configs; give one of them")
    if file is None and preset_name is None:
        if not resume:
            raise UsageError("there is no config; name a YAML file, or --preset small and --scene")
        file = folder / CONFIG
        if not file.is_file():
            raise UsageError(f"there is no run in {folder} to resume; start one with a config")
    given = {key: value for key, value in changes.items() if value is not None}
    if scenes:
        given["scenes"] = [str(scene) for scene in scenes]
    stated = {key: value for key, value in reading.items() if value is not None}
    settings = read_config(file) if file is not None else _settings(str(preset_name), given)
    if stated:
        before = settings.get("reading")
        given["reading"] = {**(before if isinstance(before, dict) else {}), **stated}
    config = checked({**settings, **given}, str(file or f"preset {preset_name}"))
    return _with_files(config)


def _with_files(config: TrainingConfig) -> TrainingConfig:
    """Return a config that names the files of its folders: what it is trained on is written down.

    Raises:
        InputError: if a folder holds no scene.
    """
    files = dict.fromkeys(file for scene in config.scenes for file in scenes_of(scene))
    return config.model_copy(update={"scenes": tuple(files)})


def _settings(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if "scenes" not in given:
        raise UsageError(f"--preset {name} needs a scene; name one with --scene, or more")
    return preset(name, scenes=given["scenes"]).model_dump(mode="json")
