"""A model in two files: weights as safetensors, and beside them what they are, as JSON."""

import hashlib
import json
from pathlib import Path

import safetensors.torch
import torch
from pydantic import BaseModel, ValidationError
from safetensors import SafetensorError
from torch import Tensor

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.distance import COMPANIES
from anyband_models.diffusion.spec import VERSION, ModelSpec
from anyband_models.errors import WeightsError
from anyband_models.files import staged


class ModelFile(BaseModel, frozen=True, extra="forbid"):
    """What stands beside the weights.

    Attributes:
        spec: what the model is.
        sha256: of the weights' file.
        training: how it was trained: config, steps, seed.
        scores: what was measured of it, by name.
    """

    spec: ModelSpec
    sha256: str
    training: dict[str, object] = {}
    scores: dict[str, object] = {}


def write_model(
    path: Path,
    spec: ModelSpec,
    weights: dict[str, Tensor],
    training: dict[str, object] | None = None,
    scores: dict[str, object] | None = None,
) -> None:
    """Write a model, both files or none.

    Args:
        path: of the JSON; the weights lie beside it, with the suffix ``.safetensors``.
        spec: what it is.
        weights: of a `BandDiffusion`, by name.
        training: how it was trained.
        scores: what was measured.
    """
    data = safetensors.torch.save({name: w.contiguous() for name, w in weights.items()})
    described = ModelFile(
        spec=spec,
        sha256=hashlib.sha256(data).hexdigest(),
        training=training or {},
        scores=scores or {},
    )
    text = described.model_dump_json(indent=1) + "\n"
    with staged(overwrite=True) as stage:
        stage(path.with_suffix(".safetensors")).write_bytes(data)
        stage(path).write_text(text, encoding="utf-8")


def read_model(path: Path) -> tuple[BandDiffusion, ModelFile]:
    """Read a model.

    Args:
        path: of the JSON, or the folder of a training run.

    Raises:
        WeightsError: if the files are not there, are of another version, or are damaged.
    """
    if path.is_dir():
        path = path / "model.json"
    described = read_description(path)
    weights = path.with_suffix(".safetensors")
    tensors = {"company": torch.ones(COMPANIES), **read_tensors(weights, described.sha256)}
    _check_fit(weights, tensors, described.spec)
    model = BandDiffusion(described.spec)
    model.load_state_dict(tensors)
    return model.eval().requires_grad_(False), described


def _check_fit(path: Path, tensors: dict[str, Tensor], spec: ModelSpec) -> None:
    """See that arrays are those of a spec before it is given any memory."""
    try:
        with torch.device("meta"):
            expected = BandDiffusion(spec).state_dict()
    except RuntimeError as error:  # sizes that no machine can count
        raise WeightsError(path, "has arrays of other shapes than its description") from error
    odd = sorted(set(tensors) ^ set(expected))
    if odd:
        raise WeightsError(path, f"does not fit its description: {odd[0]!r} is in one alone")
    if any(tensors[name].shape != expected[name].shape for name in expected):
        raise WeightsError(path, "has arrays of other shapes than its description")


def read_description(path: Path) -> ModelFile:
    """Read what stands beside the weights.

    Raises:
        WeightsError: as `read_model`.
    """
    if not path.is_file():
        raise WeightsError(path, "is not there")
    try:
        text = path.read_text(encoding="utf-8")
        version = json.loads(text)["spec"]["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WeightsError(path, "does not describe a model") from error
    if version != VERSION:
        raise WeightsError(path, f"is of version {version!r}, and this program reads {VERSION}")
    try:
        return ModelFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise WeightsError(path, f"does not describe a model: {field}: {first['msg']}") from error


def read_tensors(path: Path, sha256: str) -> dict[str, Tensor]:
    """Read arrays, never code.

    Raises:
        WeightsError: if the file is not there, or not the one that was described.
    """
    if not path.is_file():
        raise WeightsError(path, "is not there")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(path, "is not the file that was written: its sha256 differs")
    try:
        return safetensors.torch.load(data)
    except SafetensorError as error:
        raise WeightsError(path, f"is no safetensors file: {error}") from error
