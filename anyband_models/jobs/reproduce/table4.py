"""Table 4: 3, 5 and 7 bands given, with and without MCD, PGS and MSPL."""

from typing import cast

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.ground import Grounded, Plain
from anyband_models.diffusion.spec import DiffusionConfig
from anyband_models.jobs.reproduce import paper
from anyband_models.jobs.reproduce.judging import Verdict, mean_verdict, verdict
from anyband_models.jobs.reproduce.setting import Setting
from anyband_models.jobs.reproduce.table import CONVENTIONS, Cell, Table
from anyband_models.training.config import LossConfig
from anyband_models.training.masking import MaskingConfig

KEPT = (3, 5, 7)
# Weight of the physical loss beside that of the prediction, which the paper does not state.
PHYSICS = 0.1
# Whether a variant has MCD, PGS and MSPL.
VARIANTS = {
    "full": (True, True, True),
    "without MSPL": (True, True, False),
    "without PGS": (True, False, True),
    "without MCD": (False, True, True),
    "without MCD and PGS": (False, False, True),
    "without any": (False, False, False),
}


class Blind(nn.Module):
    """A ground that shows the network nothing of what was observed: a model without MCD.

    What was observed enters where samples are drawn, and only there.
    """

    def forward(
        self, values: Float[Tensor, "band row col"], observed: Bool[Tensor, "band mrow mcol"]
    ) -> Grounded:
        """Return an image as it is denoised; see `Plain.forward`."""
        told = Plain()(values, observed)
        return told._replace(channels=torch.zeros_like(told.channels))


def table4(setting: Setting, scale: str) -> Table:
    """Train a network for each pair of MCD and MSPL, and judge samples of each variant."""
    networks = {
        (mcd, mspl): _network(setting, mcd, mspl)
        for mcd, mspl in sorted({(mcd, mspl) for mcd, _, mspl in VARIANTS.values()})
    }
    rows: list[tuple[Cell, ...]] = []
    for name, (mcd, pgs, mspl) in VARIANTS.items():
        found = [_judged(setting, networks[mcd, mspl], pgs, kept) for kept in KEPT]
        rows.append(_row(name, found))
    for other in ("linear", "gaussian"):
        found = [mean_verdict(_others(setting, other, kept)) for kept in KEPT]
        rows.append(_row(other, found))
    for name, printed in paper.TABLE4.items():
        rows.append((f"{name} (paper)", *printed, None, None, None))
    heads = [f"{kept} bands: PSNR [dB]" for kept in KEPT]
    return Table(
        "table4",
        "Table 4: arbitrary bands, and what each part is good for",
        ("variant", *heads, "SSIM", "RMSE", "SAM [rad]",
         *(f"{kept} bands: PSNR missing [dB]" for kept in KEPT)),
        tuple(rows),
        (
            *CONVENTIONS,
            "PSNR, SSIM, RMSE and SAM are in the paper's convention; the last three but PSNR are "
            "means over 3, 5 and 7 bands. Variants are judged by the mean of "
            f"{setting.scale.samples} samples.",
            "Without MCD: the network is trained, and called, without any condition; observed "
            "bands enter by being put into the clean image at each step. The paper does not say "
            "what it does in its place.",
            "With MCD: stochastic masks, p_drop of 0.1 to 0.7, with a sensor's mask in a tenth of "
            "the patches and 1 to 12 bands left in half of them, for the paper's own masks hardly "
            "ever leave so few. "
            "All variants predict the image, not residuals over lines.",
            f"MSPL has the weight {PHYSICS:g}; terms that the bands or the values do not serve are "
            "left out. PGS as in table 7, s = 1.",
        ),
        setting.facts() | {"weights_sha256": None},
    )  # fmt: skip


def _network(setting: Setting, mcd: bool, mspl: bool) -> BandDiffusion:
    masking = MaskingConfig(sensor=0.1, few=0.5) if mcd else MaskingConfig(sensor=0, nothing=1.0)
    config = setting.config(
        diffusion=DiffusionConfig(prediction="x0"),
        masking=masking,
        loss=LossConfig(observed=1.0, physics=PHYSICS if mspl else 0.0),
    )
    model = setting.trained(config)
    if not mcd:
        model.ground = cast("Plain", Blind())
    return model


def _judged(setting: Setting, model: BandDiffusion, pgs: bool, kept: int) -> Verdict:
    guidance = setting.guidance(model, 1.0) if pgs else None
    verdicts = []
    for seed in range(setting.scale.seeds):
        missing = setting.missing(f"k{kept}", seed)
        drawn = setting.samples(model, missing, guidance=guidance)
        verdicts.append(verdict(setting.region, np.mean(drawn, axis=0), missing))
    return mean_verdict(verdicts)


def _others(setting: Setting, name: str, kept: int) -> list[Verdict]:
    masks = [setting.missing(f"k{kept}", seed) for seed in range(setting.scale.seeds)]
    return [verdict(setting.region, setting.other(name, mask), mask) for mask in masks]


def _row(name: str, found: list[Verdict]) -> tuple[Cell, ...]:
    mean = mean_verdict(found)
    whole = [one.paper_psnr for one in found]
    missing = [one.psnr for one in found]
    return (name, *whole, mean.paper_ssim, mean.paper_rmse, mean.paper_sam, *missing)
