"""The indices of Sentinel-2A, with spyndex 0.12.0 and with ours, on random reflectance (seed 0).

The image has 1024 x 1024 pixels and 13 bands in single precision, the training batch 16 images of
64 x 64 and 64 indices with their gradients. Only indices that both have are computed. One thread;
the compiled path takes a C++ compiler, and some seconds first. spyndex computes the image in NumPy
and the batch in torch, as it does when it is given either. The bound is the time to copy as many
bytes as must be read and written.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import spyndex
import torch
from jaxtyping import Float32
from torch import Tensor

import physops
from benchmarks.ratio import Ratio, run_python, speed_ratio, time_ratio
from physops.spectral_indices.spectral_index import SpectralIndex

SENSOR, BANDS = "sentinel2a_msi", 13
SIDE, BATCH, PATCH, INDICES = 1024, 16, 64, 64
ROUNDS = 3


def measure() -> dict[str, Ratio]:
    """Return the ratios of time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)
            return _measured()
    finally:
        torch.set_num_threads(threads)


def _measured() -> dict[str, Ratio]:
    generator = torch.Generator().manual_seed(0)
    image = 0.01 + 0.98 * torch.rand(BANDS, SIDE, SIDE, generator=generator)
    batch = 0.01 + 0.98 * torch.rand(BATCH, BANDS, PATCH, PATCH, generator=generator)
    names = _shared()
    many, few = (physops.indices(n, sensor=SENSOR) for n in (names, names[:INDICES]))
    # What reflectance is checked by cannot be compiled.
    unchecked = physops.indices(names[:INDICES], sensor=SENSOR, check=False)
    compiled = torch.compile(unchecked, fullgraph=True)
    arrays: dict[str, Any] = {n: image[c].numpy() for n, c in many.channels.items()} | dict(
        many.reading.places
    )
    compulsory = torch.empty((len(names) + len(many.channels)) // 2, SIDE, SIDE)
    known = {"N": 0.4, "R": 0.1}

    def imports(code: str) -> Ratio:
        return time_ratio(
            lambda: run_python(code), lambda: run_python("import torch"), 1.15, 3 * ROUNDS
        )

    theirs = _training(batch, lambda x: _spyndex(names[:INDICES], _selected(x, few)))
    return {
        f"spyndex in NumPy, {len(names)} indices": speed_ratio(
            lambda: many(image), lambda: _spyndex(names, arrays), 2.5, ROUNDS
        ),
        "the memory's bound": time_ratio(lambda: many(image), compulsory.clone, 12, ROUNDS),
        f"spyndex in torch, {INDICES} indices and gradients": speed_ratio(
            _training(batch, lambda x: few(x).unbind(1)), theirs, 5, ROUNDS
        ),
        "the same, compiled": speed_ratio(
            _training(batch, lambda x: compiled(x).unbind(1)), theirs, 10, ROUNDS
        ),
        "spyndex's NDVI of two numbers, against get": speed_ratio(
            lambda: [physops.get("NDVI") for _ in range(100)],
            lambda: [spyndex.computeIndex("NDVI", known) for _ in range(100)],
            50,
            ROUNDS,
        ),
        "import, against torch's": imports("import physops"),
        "import and the first get, against torch's": imports("import physops; physops.get('ndvi')"),
    }


def _shared() -> list[str]:
    """Return the indices of both that need reflectances and constants alone."""
    ours = set(physops.list(kind="index", sensor=SENSOR))
    names = []
    for name in sorted(ours & set(spyndex.indices)):
        needed = set(spyndex.indices[name].bands) - set(spyndex.constants)
        if needed <= set(physops.spec(name).operands):
            names.append(name)
    return names


def _constants() -> dict[str, float]:
    defaults = {name: constant.default for name, constant in spyndex.constants.items()}
    return {name: value for name, value in defaults.items() if value is not None}


def _spyndex(
    names: list[str], operands: Mapping[str, Float32[np.ndarray, "y x"] | Tensor | float]
) -> list[Any]:
    parameters = {**_constants(), **operands}
    return [spyndex.computeIndex(name, parameters) for name in names]


def _selected(x: Tensor, operator: SpectralIndex) -> dict[str, Tensor | float]:
    return {n: x[:, channel] for n, channel in operator.channels.items()} | dict(
        operator.reading.places
    )


def _training(batch: Tensor, indices: Callable[[Tensor], Iterable[Any]]) -> Callable[[], Tensor]:
    def step() -> Tensor:
        x = batch.clone().requires_grad_()
        total = torch.stack([torch.nansum(value) for value in indices(x)]).sum()
        (gradient,) = torch.autograd.grad(total, x)
        return gradient

    return step
