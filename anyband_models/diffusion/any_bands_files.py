"""A model of any bands in two files: weights as safetensors, and what they are, as JSON."""

import hashlib
from functools import cache
from pathlib import Path

import safetensors.torch
import torch
from pydantic import BaseModel, ValidationError
from torch import Tensor

from anyband_models.diffusion.any_bands import AnyBands, AnyBandsSpec
from anyband_models.diffusion.files import read_tensors
from anyband_models.errors import WeightsError
from anyband_models.files import staged


class AnyBandsFile(BaseModel, frozen=True, extra="forbid"):
    """What stands beside the weights.

    Attributes:
        spec: what the model is.
        sha256: of the weights' file.
        training: how it was trained: config, steps, seed.
        scores: what was measured of it, by name.
    """

    spec: AnyBandsSpec
    sha256: str
    training: dict[str, object] = {}
    scores: dict[str, object] = {}


def write_any_bands(
    path: Path, model: AnyBands, training: dict[str, object], scores: dict[str, object]
) -> None:
    """Write a model, both files or none; its network in half precision.

    Args:
        path: of the JSON; the weights lie beside it, with the suffix ``.safetensors``.
        model: to be written.
        training: how it was trained.
        scores: what was measured.
    """
    arrays = {
        name: (array.half() if name.startswith("network.") else array).contiguous()
        for name, array in model.state_dict().items()
    }
    data = safetensors.torch.save(arrays)
    sha256 = hashlib.sha256(data).hexdigest()
    described = AnyBandsFile(spec=model.spec, sha256=sha256, training=training, scores=scores)
    with staged(overwrite=True) as stage:
        stage(path.with_suffix(".safetensors")).write_bytes(data)
        stage(path).write_text(described.model_dump_json(indent=1) + "\n", encoding="utf-8")


@cache
def read_any_bands(path: Path) -> AnyBands:
    """Read a model.

    Args:
        path: of the JSON, or the folder of a training run.

    Raises:
        WeightsError: if the files are not there, or are damaged.
    """
    if path.is_dir():
        path = path / "model.json"
    if not path.is_file():
        raise WeightsError(path, "is not there")
    try:
        described = AnyBandsFile.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, ValueError) as error:
        raise WeightsError(path, "does not describe a model of any bands") from error
    weights = path.with_suffix(".safetensors")
    arrays = {name: a.float() for name, a in read_tensors(weights, described.sha256).items()}
    _check_fit(weights, arrays, described.spec)
    model = AnyBands(described.spec)
    model.load_state_dict(arrays)
    return model.to(torch.float32).eval().requires_grad_(False)


def _check_fit(path: Path, arrays: dict[str, Tensor], spec: AnyBandsSpec) -> None:
    """See that arrays are those of a spec before it is given any memory."""
    try:
        with torch.device("meta"):
            expected = AnyBands(spec).state_dict()
    except RuntimeError as error:  # sizes that no machine can count
        raise WeightsError(path, "has other arrays than its description") from error
    if {n: a.shape for n, a in arrays.items()} != {n: a.shape for n, a in expected.items()}:
        raise WeightsError(path, "has other arrays than its description")
