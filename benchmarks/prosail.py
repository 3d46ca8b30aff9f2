"""Canopy spectra of our PROSAIL-D and of the package prosail 2.0.5 (numba), seed 0.

2101 bands, 200 parameter sets a call in single precision, drawn from the surrogates' ranges. One
thread; the compiled path takes a C++ compiler, and half a minute first. The package takes one set a
call, so fewer are timed and the time is counted per spectrum. The last ratio is that of many
simulations, a fiftieth of the 100 000 that a surrogate is trained on: one thread of ours against
the package in as many processes as there are processors, all of them started before.
"""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import prosail
import torch
from torch import Tensor

from benchmarks.ratio import Ratio, speed_ratio
from emulator_training.parameters import NAMES, PARAMETERS
from emulator_training.simulators.prosail import Prosail

BATCH, FEW, MANY = 200, 100, 2000
ROUNDS = 5


def measure() -> dict[str, Ratio]:
    """Return the ratios of time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _measured(os.cpu_count() or 1)
    finally:
        torch.set_num_threads(threads)


def _measured(processors: int) -> dict[str, Ratio]:
    parameters = drawn(MANY)
    batch, few = parameters[:BATCH].float(), parameters[:FEW].tolist()
    model = Prosail(check=False)
    compiled = torch.compile(Prosail(check=False), fullgraph=True)

    def ours(spectra: Callable[[Tensor], Tensor], rows: Tensor) -> list[Tensor]:
        with torch.no_grad():
            return [spectra(part) for part in rows.tensor_split(len(rows) // BATCH)]

    def theirs() -> list[object]:
        return [spectrum(row) for row in few]

    def gradients() -> None:
        model(batch.clone().requires_grad_()).sum().backward()

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processors, context) as pool:

        def in_processes() -> list[float]:
            return list(pool.map(_brightness, parameters.tolist(), chunksize=FEW))

        return {
            "eager": _each(speed_ratio(lambda: ours(model, batch), theirs, 3, ROUNDS)),
            "eager, with gradients": _each(speed_ratio(gradients, theirs, 1, ROUNDS)),
            "compiled": _each(speed_ratio(lambda: ours(compiled, batch), theirs, 20, ROUNDS)),
            f"compiled, against {processors} processes": speed_ratio(
                lambda: ours(compiled, parameters.float()), in_processes, 20 / processors, ROUNDS
            ),
        }


def drawn(count: int) -> Tensor:
    """Return random parameter sets of the surrogates' ranges."""
    low, high = (torch.tensor([getattr(p, end) for p in PARAMETERS]) for end in ("low", "high"))
    uniform = torch.rand(count, len(NAMES), generator=torch.Generator().manual_seed(0))
    return (low + (high - low) * uniform).double()


def spectrum(row: list[float]) -> Tensor:
    """Return the reflectance that the package prosail computes."""
    values = dict(zip(NAMES, row, strict=True))
    values["lidfa"] = values.pop("ala")
    found = prosail.run_prosail(**values, prospect_version="D", factor="SDR")
    return torch.from_numpy(found)


def _brightness(row: list[float]) -> float:
    """Return one number, so that no time goes into what is sent between processes."""
    return float(spectrum(row).mean())


def _each(ratio: Ratio) -> Ratio:
    """Count the time per spectrum: ours are BATCH, the baseline's FEW."""
    detail = f"{ratio.detail}; {BATCH} spectra of ours, {FEW} of the baseline's"
    return ratio.model_copy(update={"value": ratio.value * BATCH / FEW, "detail": detail})
