"""The config of a run as YAML, and what is wrong with one, in a sentence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from anyband_models.errors import InputError
from anyband_models.training.config import TrainingConfig
from srf_library.errors import near_names

LARGEST = 1_000_000  # bytes; a config is a page


def read_config(path: Path) -> dict[str, Any]:
    """Return what a file says, not yet checked against the config's fields.

    Raises:
        InputError: if it is not there, or is no YAML mapping.
    """
    if not path.is_file():
        raise InputError(f"the config {path} is not there; name a YAML file, or use --preset")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path} is too large for a config; name a YAML file of settings")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InputError(f"{path} cannot be read as YAML{_where(error)}; mend it") from error
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise InputError(f"{path} holds no settings; write `key: value`, a line each")
    return found


def checked(settings: dict[str, Any], source: str) -> TrainingConfig:
    """Return settings as a config.

    Args:
        settings: by name.
        source: where they come from, for the sentence.

    Raises:
        InputError: if one is not known, or its value cannot be.
    """
    try:
        return TrainingConfig.model_validate(settings)
    except ValidationError as error:
        raise InputError(f"{source}: {_sentence(error)}") from error


def config_text(config: TrainingConfig) -> str:
    """Return a config as a file that `read_config` reads, every setting written out."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    if mark is None:
        return ""
    return f" (line {mark.line + 1}: {problem})"


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    *above, last = map(str, first["loc"]) if first["loc"] else ("settings",)
    name = ".".join((*above, last))
    if first["type"] == "extra_forbidden":
        allowed = _allowed(above)
        near = near_names(last, allowed)
        hint = f"; did you mean {' or '.join(near)}" if near else ""
        return f"there is no setting {name}{hint}; allowed there: {', '.join(allowed)}"
    if first["type"] == "missing":
        return f"the setting {name} is missing; give it"
    said = first["msg"].removeprefix("Value error, ")
    return f"{name}: {said[:1].lower() + said[1:]}"


def _allowed(above: list[str]) -> list[str]:
    """Return the fields of the part of the config that a path leads to."""
    parts: list[type[BaseModel]] = [TrainingConfig]
    for name in above:
        field = parts[0].model_fields.get(name)
        parts = list(_models(field.annotation)) if field else _kind(parts, name)
    return list(parts[0].model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  (a type, or several)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _kind(models: list[type[BaseModel]], kind: str) -> list[type[BaseModel]]:
    """Return that of several which a discriminator names."""
    return [model for model in models if model.model_fields["kind"].default == kind]
