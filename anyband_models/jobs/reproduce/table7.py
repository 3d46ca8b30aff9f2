"""Table 7: how strongly physics guides."""

import numpy as np
import torch

from anyband_models.jobs.reproduce import paper
from anyband_models.jobs.reproduce.judging import mean_verdict, verdict
from anyband_models.jobs.reproduce.setting import Cube, Setting
from anyband_models.jobs.reproduce.table import CONVENTIONS, Cell, Table

FAMILY = "random-50"


def table7(setting: Setting, scale: str) -> Table:
    """Draw the same samples with each strength of guidance."""
    model = setting.model
    targets = setting.guidance(model, 1.0).targets
    found: dict[float, list[tuple[Cube, np.ndarray]]] = {}
    for strength in paper.TABLE7:
        guidance = setting.guidance(model, strength)
        for seed in range(setting.scale.seeds):
            missing = setting.missing(FAMILY, seed)
            drawn = setting.samples(model, missing, guidance=guidance)
            found.setdefault(strength, []).extend((cube, missing) for cube in drawn)

    def losses(strength: float) -> np.ndarray:
        images = [torch.from_numpy(cube)[None] for cube, _ in found[strength]]
        return np.array([[float(target(image)[0]) for target in targets] for image in images])

    free, names = losses(0.0), [target.name for target in targets]
    rows: list[tuple[Cell, ...]] = []
    for strength, printed in paper.TABLE7.items():
        mean = mean_verdict([verdict(setting.region, *pair) for pair in found[strength]])
        loss = losses(strength)
        fell = (100 * np.mean(loss <= free, axis=0)).tolist() if strength else [None] * len(names)
        rows.append(
            (f"{strength:g}", mean.paper_psnr, mean.paper_ssim, mean.paper_sam, mean.psnr,
             *loss.mean(axis=0).tolist(), *fell, *printed)
        )  # fmt: skip
    return Table(
        "table7",
        "Table 7: guidance scale s, half of the bands masked",
        ("s", "PSNR [dB]", "SSIM", "SAM [rad]", "PSNR missing [dB]",
         *(f"loss of {name}" for name in names), 
         *(f"samples in which that of {name} did not rise [%]" for name in names),
         "paper: PSNR [dB]", "paper: SSIM", "paper: SAM"),
        tuple(rows),
        (
            *CONVENTIONS,
            "PSNR, SSIM and SAM are in the paper's convention, of single samples; one "
            "of the exact posterior would lie 3 dB below the posterior's mean.",
            "Losses are of the whole right half, and guidance works tile by tile; the left half's "
            "correlations are not the right half's, so that no loss of 0 is to be had.",
            "Physics asks for the band correlations of the left half and for the range of its "
            "values; the right half is not looked at. s is a share of Polyak's step (see "
            "diffusion/guidance.py); the sign of Eq. 4 is the one that lets the loss fall.",
        ),
        setting.facts(),
    )  # fmt: skip
