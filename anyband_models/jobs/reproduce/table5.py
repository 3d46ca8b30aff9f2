"""Table 5: parameters, FLOPs and latency of the networks."""

import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from anyband_models.diffusion.guidance import Guidance
from anyband_models.diffusion.repair import Sampling, sampled
from anyband_models.jobs.reproduce import paper
from anyband_models.jobs.reproduce.setting import Setting
from anyband_models.jobs.reproduce.table import Cell, Table
from anyband_models.networks.config import PRESETS, UNetConfig
from anyband_models.networks.unet import UNet

# The paper's inputs, and the patches that it trains on [pixel].
LARGE, PATCH = 256, 64
# Which presets are timed: one of 300 M parameters takes minutes a sample on a CPU.
TIMED = {"tiny": ("tiny",), "small": ("tiny", "small", "base"), "paper": tuple(PRESETS)}


def table5(setting: Setting, scale: str) -> Table:
    """Measure the presets on as many bands as the scene has."""
    bands = len(setting.scene.wavelength)
    rows: list[tuple[Cell, ...]] = []
    for name, config in PRESETS.items():
        timed = _latency(setting, config) if name in TIMED[scale] else (None, None)
        rows.append(
            (f"{name} (ours)", parameters(bands, config) / 1e6, flops(bands, config, PATCH) / 1e9,
             flops(bands, config, LARGE) / 1e9, *timed)
        )  # fmt: skip
    printed = [
        (f"{name} (paper)", float(millions), None, giga, float(ms), None)
        for name, (millions, giga, ms) in paper.TABLE5.items()
    ]
    return Table(
        "table5",
        "Table 5: parameters, FLOPs and latency",
        ("network", "parameters [M]", f"FLOPs, {PATCH} x {PATCH} [G]",
         f"FLOPs, {LARGE} x {LARGE} [G]", "latency [ms]", "latency with PGS [ms]"),
        (*rows, *printed),
        (
            f"Ours: {bands} bands; FLOPs of one call of the network, two a multiplication with its "
            "addition, by torch.utils.flop_counter; the paper does not say what it counts.",
            f"Ours: latency of one sample of {PATCH} x {PATCH} pixels with {setting.scale.sampling}"
            f" steps of {setting.scale.sampler} in single precision on this machine's CPU with "
            f"{torch.get_num_threads()} thread(s); the paper's is of {LARGE} x {LARGE} pixels with "
            "50 steps in half precision on an A100, and is not to be compared.",
            "One 3 x 3 convolution of 128 channels at 256 x 256 takes 19.3 GFLOPs; a U-Net of the "
            "paper's description cannot take 24.1.",
        ),
        setting.facts(),
    )  # fmt: skip


def parameters(bands: int, config: UNetConfig) -> int:
    """Return how many parameters a network has."""
    with torch.device("meta"):
        return sum(weight.numel() for weight in UNet(bands, config).parameters())


def flops(bands: int, config: UNetConfig, side: int) -> int:
    """Return the FLOPs of one call, counted without computing anything."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        x, condition = torch.empty(1, bands, side, side), torch.empty(1, 2 * bands, side, side)
        UNet(bands, config)(x, torch.empty(1), condition)
    return counter.get_total_flops()


def _latency(setting: Setting, config: UNetConfig) -> tuple[float, float]:
    """Return the time of a sample without and with guidance [ms], weights as they are drawn."""
    model = setting.untrained(setting.config(network=config))
    side = min(PATCH, *setting.region.truth.shape[1:])
    values = setting.region.truth[:, :side, :side]
    mask = setting.region.valid[:, :side, :side].copy()
    mask[1::2] = False

    def milliseconds(guidance: Guidance | None) -> float:
        how = Sampling(setting.scale.sampler, setting.scale.sampling, True, 0, guidance)
        start = time.perf_counter()
        sampled(model, values, mask, PATCH, how)
        return 1000 * (time.perf_counter() - start)

    milliseconds(None)
    return milliseconds(None), milliseconds(setting.guidance(model, 1.0))
