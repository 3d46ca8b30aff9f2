"""A training run, as a file says it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from anyband_models.diffusion.spec import DiffusionConfig
from anyband_models.networks.config import PRESETS, UNetConfig
from anyband_models.training.imagery import Region
from anyband_models.training.masking import REPAIR, MaskingConfig
from srf_library import UnknownNameError

Share = Annotated[float, Field(ge=0, le=1)]


class OptimiserConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """AdamW, a linear warm-up and half a cosine.

    Attributes:
        learning_rate: the largest.
        betas: of the moments.
        weight_decay: per step and learning rate.
        warmup: share of the steps until the largest learning rate; 50 of 500 epochs in the paper.
        clip: the largest norm of a gradient.
        average: decay of the weights' exponential moving average, reached gradually.

    Source: AnyBand-Diff, A.4.
    """

    learning_rate: PositiveFloat = 1e-4
    betas: tuple[Share, Share] = (0.9, 0.999)
    weight_decay: NonNegativeFloat = 1e-4
    warmup: Share = 0.1
    clip: PositiveFloat = 1.0
    average: Share = 0.999


class LossConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """What is minimised.

    Attributes:
        observed: weight of the entries that were observed; 1 in the paper, which predicts the
            noise of all; 0 spends the network on what is missing.
        blind: share of the patches of which nothing is seen but the condition: so the one-step
            mean is learned. A network that predicts the noise cannot learn it.
        physics: weight of the multi-scale physical loss of the clean image; 0 leaves it out.
        weighting: "alpha-bar" multiplies it by the share of the image in what the network sees, so
            that it says nothing where the clean image is a guess; "none" as in the paper.
        indices: of the region-level term; those that the bands do not serve are left out, and
            the run says so.
        operator: of the image-level term; None leaves it out.
    """

    observed: Share = 1.0
    blind: Share = 0.0
    physics: NonNegativeFloat = 0.0
    weighting: Literal["alpha-bar", "none"] = "alpha-bar"
    indices: tuple[str, ...] = ("NDVI", "NDWI")
    operator: str | None = "toa"


class ReadingConfig(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """What is said of the scenes' files; None where their own word counts.

    Attributes:
        scale: value = stored x scale + offset [quantity per stored unit].
        offset: see ``scale`` [quantity].
        quantity: what the values are.
        nodata: the stored value that stands for "no data".
        wavelengths: a text file with one band centre a line [nm or µm].
        windows: leave the pixels in their files, and read each patch when it is drawn: for scenes
            that do not fit into memory. The range of values is then that of a sample.
    """

    scale: float | None = None
    offset: float | None = None
    quantity: Literal["reflectance", "radiance", "dn"] | None = None
    nodata: float | None = None
    wavelengths: Path | None = None
    windows: bool = False


class TrainingConfig(BaseModel, frozen=True, extra="forbid"):
    """A whole run.

    Attributes:
        scenes: what is learned from, all with the same bands: files, folders of files, or names of
            `EXAMPLES`.
        reading: what the files do not say of themselves.
        region: "left" keeps the right half of each scene out of every patch.
        validation: share of each region's rows, at its lower end, that is kept out as well, to
            watch the run and to learn how far the model errs.
        network: its shape.
        diffusion: what it denoises.
        masking: what is hidden from it.
        loss: what is minimised.
        optimiser: how.
        steps: of the optimiser.
        batch: patches a step, of all processes together.
        patch: rows and columns of a patch.
        stride: from patch to patch.
        seed: of the weights, patches, masks and noise.
        precision: of the forward pass; "auto" is bfloat16 on CUDA and single precision elsewhere.
        report_every: steps between two lines of progress.
        keep_every: steps between two checkpoints, with each of which goes a validation.
    """

    scenes: tuple[Path, ...] = Field(min_length=1)
    reading: ReadingConfig = ReadingConfig()
    region: Region = "all"
    validation: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    network: UNetConfig
    diffusion: DiffusionConfig = DiffusionConfig()
    masking: MaskingConfig = MaskingConfig()
    loss: LossConfig = LossConfig()
    optimiser: OptimiserConfig = OptimiserConfig()
    steps: PositiveInt = 10_000
    batch: PositiveInt = 64
    patch: PositiveInt = 64
    stride: PositiveInt = 32
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    report_every: PositiveInt = 50
    keep_every: PositiveInt = 500

    @model_validator(mode="after")
    def _fits(self) -> "TrainingConfig":
        if self.loss.blind and self.diffusion.prediction == "eps":
            raise ValueError(
                "loss.blind asks for an image from nothing, and prediction: eps is of the noise "
                "that is not there; set blind to 0, or prediction to x0 or edm"
            )
        masking = self.masking
        if self.diffusion.base == "linear" and masking.sensor and masking.averaged:
            raise ValueError(
                "base: linear takes observed values for the image's own, and masking.averaged "
                "makes means of them; set masking.averaged to false, or base to none"
            )
        return self

    def reports(self, step: int) -> bool:
        """Whether a step, counted from 1, is worth a line."""
        return step % self.report_every == 0 or self.keeps(step)

    def keeps(self, step: int) -> bool:
        """Whether a checkpoint follows a step, and validation comes with it."""
        return step % self.keep_every == 0 or step == self.steps


def preset(name: str, **settings: object) -> TrainingConfig:
    """Return the config of a preset: "tiny", "small", "base" or "paper".

    "paper" follows A.4; the others are those that repair best, by their size.

    Raises:
        UnknownNameError: if there is no such preset.
    """
    if name not in PRESETS:
        raise UnknownNameError("a preset", name, PRESETS)
    network = PRESETS[name]
    if name == "paper":
        return TrainingConfig.model_validate({"network": network, **settings})
    ours: dict[str, object] = {
        "network": network,
        "diffusion": DiffusionConfig(prediction="x0", base="linear"),
        "masking": REPAIR,
        "loss": LossConfig(observed=0.0, blind=0.5),
        "optimiser": OptimiserConfig(learning_rate=1e-3, average=0.998),
        "steps": 20 if name == "tiny" else 2000,
        "batch": 4 if name == "tiny" else 32,
        "patch": 16,
        "stride": 8,
    }
    return TrainingConfig.model_validate({**ours, **settings})
