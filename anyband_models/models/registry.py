"""The models of the zoo, by name. The union of their configs is the registry.

>>> list_models()
['anyband', 'anyband-diff', 'gaussian', 'linear', 'mixture', 'pchip', 'prior', 'spatial']
>>> create_model("linear", max_gap_nm=50).config
LinearConfig(max_gap_nm=50.0, kind='linear')
"""

from fnmatch import filter as matching
from typing import Annotated, Any

from pydantic import Field, ValidationError

from anyband_models.errors import UnknownModelError, UsageError
from anyband_models.models.anyband import Anyband, AnybandConfig
from anyband_models.models.anyband_diff import AnybandDiff, AnybandDiffConfig
from anyband_models.models.contract import Model
from anyband_models.models.gaussian import Gaussian, GaussianConfig
from anyband_models.models.linear import Linear, LinearConfig
from anyband_models.models.mixture import Mixture, MixtureConfig
from anyband_models.models.pchip import Pchip, PchipConfig
from anyband_models.models.prior import Prior, PriorConfig
from anyband_models.models.spatial import Spatial, SpatialConfig

ModelConfig = Annotated[
    LinearConfig
    | PchipConfig
    | SpatialConfig
    | GaussianConfig
    | MixtureConfig
    | PriorConfig
    | AnybandConfig
    | AnybandDiffConfig,
    Field(discriminator="kind"),
]

_MODELS: dict[str, type[Model]] = {
    model.card.name: model
    for model in (Anyband, AnybandDiff, Gaussian, Linear, Mixture, Pchip, Prior, Spatial)
}


# The setting that names weights which somebody trained, of each model that takes such.
WEIGHTS = {"anyband": "network", "anyband-diff": "weights"}


def list_models(pattern: str = "*") -> list[str]:
    """Return the names of the models that match a shell-style pattern, sorted."""
    return sorted(matching(_MODELS, pattern))


def get_model(name: str) -> type[Model]:
    """Return a model's class; its ``card`` says what it is.

    Raises:
        UnknownModelError: if the zoo has no model of that name.

    >>> get_model("liner")
    Traceback (most recent call last):
    anyband_models.errors.UnknownModelError: a model called 'liner' is not known; did you mean 'linear'?
    """  # noqa: E501  (a doctest shows the message whole)
    if name not in _MODELS:
        raise UnknownModelError(name, _MODELS)
    return _MODELS[name]


def learned(name: str, weights: str | None) -> dict[str, Any]:
    """Return the settings by which a model gets weights that somebody trained; none if it cannot.

    Args:
        name: of the model.
        weights: a model's file or the folder of a run; None for those that ship.
    """
    if weights is None:
        return {}
    return {WEIGHTS[name]: weights} if name in WEIGHTS else {}


def create_model(name: str, **settings: Any) -> Model:  # noqa: ANN401  (checked by the config)
    """Build a model.

    Args:
        name: a name from `list_models`.
        settings: fields of the model's config.

    Raises:
        UnknownModelError: if the zoo has no model of that name.
        UsageError: if a setting is not one of the model's, or has a value that it cannot have.
    """
    model = get_model(name)
    try:
        config = model.config_type.model_validate({"kind": name, **settings})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        allowed = ", ".join(sorted(set(model.config_type.model_fields) - {"kind"}))
        raise UsageError(
            f"model {name!r} does not take {field} = {first['input']!r}: {first['msg']}; "
            f"its settings are {allowed}"
        ) from None
    return model(config)
