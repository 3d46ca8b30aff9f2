"""The networks against PROSAIL, and against the bare products of their layers.

The emulator gives 2101 bands of ten times 1000 canopies, the package prosail 2.0.5 (numba) of a
hundred, which takes about as long; the time is counted per spectrum. The manifold is called on a
patch of 64 x 64 pixels of 103 bands, forward and backward; its baseline multiplies numbers of the
same shapes with its matrices, and slopes with these turned, and does nothing else. One thread.
"""

import numpy as np
import torch

from benchmarks.prosail import FEW, drawn, spectrum
from benchmarks.ratio import Ratio, speed_ratio, time_ratio
from emulator_training.band_response import GRID
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.shipped.prosail_manifold import ProsailManifold
from physops import Bands

BATCH, BATCHES, ROUNDS = 1000, 10, 15
ROSIS = Bands.at(np.linspace(430.0, 860.0, 103), 4.2)


def measure() -> dict[str, Ratio]:
    """Return the ratios of time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return {"emulator": _emulator(), "manifold": _manifold()}
    finally:
        torch.set_num_threads(threads)


def _emulator() -> Ratio:
    rows = drawn(BATCH)
    emulator, few, batch = ProsailEmulator(Bands.at(GRID)), rows[:FEW].tolist(), rows.float()

    def ours() -> None:
        with torch.no_grad():
            for _ in range(BATCHES):
                emulator(batch, band_dim=-1)

    ratio = speed_ratio(ours, lambda: [spectrum(row) for row in few], 100, ROUNDS)
    count = BATCH * BATCHES
    detail = f"{ratio.detail}; {count} spectra of ours, {FEW} of the baseline's"
    return ratio.model_copy(update={"value": ratio.value * count / FEW, "detail": detail})


def _manifold() -> Ratio:
    manifold = ProsailManifold(ROSIS)
    image = torch.rand(1, len(ROSIS), 64, 64, requires_grad=True)
    layers = manifold.layers()
    into = [torch.rand(64 * 64, weight.shape[1]) for weight, _ in layers]
    out = [torch.rand(64 * 64, weight.shape[0]) for weight, _ in layers]

    def ours() -> None:
        torch.autograd.grad(manifold(image).sum(), image)

    def products() -> None:
        for (weight, _), values, slopes in zip(layers, into, out, strict=True):
            _ = values @ weight.T, slopes @ weight

    return time_ratio(ours, products, 2, ROUNDS)
