"""A file that says how the networks are to be fitted."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from emulator_training.errors import ConfigError
from emulator_training.fit.recipe import FitConfig


def read_config(path: Path) -> FitConfig:
    """Return what a JSON file says; what it leaves out is as in the recipe of what is shipped.

    Raises:
        ConfigError: if it cannot be read, or says something that cannot be.
    """
    try:
        return FitConfig.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: {_fault(error)}") from error


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    text = first["msg"].removeprefix("Value error, ")
    if not where and first["type"] != "value_error":
        return f'{text}; give for example {{"emulator": {{"epochs": 10}}}}'
    if first["type"] == "extra_forbidden":
        return f"{where} is not known; give {_allowed(first['loc'][:-1])}"
    return f"{where} is {first['input']!r}; {text[:1].lower()}{text[1:]}" if where else text


def _allowed(place: tuple[Any, ...]) -> str:
    part: BaseModel = FitConfig()
    for name in place:
        part = getattr(part, name)
    *names, last = type(part).model_fields
    return f"{', '.join(names)} or {last}"
