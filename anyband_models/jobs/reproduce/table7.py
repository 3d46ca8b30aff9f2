"""Table 7: how strongly physics guides."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.targets import Target
from anyband_models.jobs.reproduce import paper
from anyband_models.jobs.reproduce.judging import mean_verdict, verdict
from anyband_models.jobs.reproduce.setting import Cube, Setting
from anyband_models.jobs.reproduce.table import CONVENTIONS, Cell, Table

Losses = Float[np.ndarray, "sample target"]
Missing = Bool[np.ndarray, "band y x"]
# The paper's, and one that leaves physics something to ask for.
FAMILIES = ("random-50", "k5")


def table7(setting: Setting, scale: str) -> Table:
    """Draw the same samples with each strength of guidance."""
    model = setting.model
    targets = setting.guidance(model, 1.0).targets
    names = [target.name for target in targets]
    rows: list[tuple[Cell, ...]] = []
    for family in FAMILIES:
        free: Losses | None = None
        for strength, printed in paper.TABLE7.items():
            drawn = _drawn(setting, model, family, strength)
            mean = mean_verdict([verdict(setting.region, *pair) for pair in drawn])
            losses = _losses(drawn, targets)
            free = losses if free is None else free  # the first strength is 0
            fell = (100 * np.mean(losses <= free, axis=0)).tolist()
            rows.append(
                (f"{family}, s = {strength:g}", mean.paper_psnr, mean.paper_ssim, mean.paper_sam,
                 mean.psnr, *losses.mean(axis=0).tolist(), *(fell if strength else [None] * 2),
                 *(printed if family == FAMILIES[0] else [None] * 3))
            )  # fmt: skip
    return Table(
        "table7",
        "Table 7: guidance scale s, half of the bands masked, and all but five",
        ("masks, strength", "PSNR [dB]", "SSIM", "SAM [rad]", "PSNR missing [dB]",
         *(f"loss of {name}" for name in names), 
         *(f"did not rise: {name} [%]" for name in names),
         "paper: PSNR [dB]", "paper: SSIM", "paper: SAM"),
        tuple(rows),
        (
            *CONVENTIONS,
            "PSNR, SSIM and SAM are in the paper's convention, of single samples; one "
            "of the exact posterior would lie 3 dB below the posterior's mean.",
            "Losses are of the whole right half, and guidance works tile by tile. That of the "
            "correlations counts from the level at which parts of the left half differ from the "
            "rest of it: 0 is as near as another place can be, and leaves nothing to guide. What "
            "'did not rise' is the share of samples whose loss is not above that of s = 0; a step "
            "for one target may raise another's, which comes next but goes half the way.",
            "Physics asks for the band correlations of the left half and for the range of its "
            "values; the right half is not looked at. s is a share of Polyak's step (see "
            "diffusion/guidance.py); the sign of Eq. 4 is the one that lets the loss fall.",
        ),
        setting.facts(),
    )  # fmt: skip


def _drawn(
    setting: Setting, model: BandDiffusion, family: str, strength: float
) -> list[tuple[Cube, Missing]]:
    """Return samples of a family's masks, each with its mask."""
    guidance, drawn = setting.guidance(model, strength), []
    for seed in range(setting.scale.seeds):
        missing = setting.missing(family, seed)
        samples = setting.samples(model, missing, guidance=guidance)
        drawn += [(cube, missing) for cube in samples]
    return drawn


def _losses(drawn: Sequence[tuple[Cube, Missing]], targets: Sequence[Target]) -> Losses:
    """Return each sample's losses, a mean over pixels."""
    found = []
    for cube, _ in drawn:
        image = torch.from_numpy(cube)[None]
        found.append([float(target.losses(image).mean()) for target in targets])
    return np.array(found)
