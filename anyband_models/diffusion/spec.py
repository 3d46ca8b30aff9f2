"""What a diffusion model is, but for its weights: what stands beside them as JSON."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, Field, PositiveFloat, PositiveInt, model_validator

from anyband_models.diffusion.ground import Base
from anyband_models.diffusion.noise import LinearSchedule, Schedule
from anyband_models.diffusion.normalisation import Normalisation
from anyband_models.diffusion.preconditioning import Prediction
from anyband_models.networks.config import UNetConfig
from physops.bands import Bands

VERSION: Literal[1] = 1


class DiffusionConfig(BaseModel, frozen=True, extra="forbid"):
    """What is noised, and what is predicted.

    Attributes:
        schedule: of the noise.
        prediction: "eps" as in the paper, "x0" or "edm".
        spread: standard deviation of what is noised, for "edm".
        base: "none" as in the paper; "linear": residuals over straight lines in wavelength.
    """

    schedule: Schedule = LinearSchedule()
    prediction: Prediction = "eps"
    spread: float = Field(default=1.0, gt=0)
    base: Base = "none"


class ModelSpec(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """A diffusion model without its weights.

    Attributes:
        version: of this form.
        network: its shape.
        diffusion: what it denoises.
        normalisation: of the scenes' values.
        wavelength: the bands' centres, in the scenes' order [nm].
        fwhm: their widths [nm]; None where not known.
        good: the bands that were learned.
        quantity: what the values are.
        patch: rows and columns of what it was trained on.
        trained_on: the scenes, and which part of each.
    """

    version: Literal[1] = VERSION
    network: UNetConfig
    diffusion: DiffusionConfig
    normalisation: Normalisation
    wavelength: tuple[PositiveFloat, ...] = Field(min_length=1)
    fwhm: tuple[PositiveFloat | None, ...]
    good: tuple[bool, ...]
    quantity: str
    patch: PositiveInt
    trained_on: tuple[str, ...]

    @model_validator(mode="after")
    def _one_of_each(self) -> "ModelSpec":
        counts = len(self.wavelength), len(self.fwhm), len(self.good)
        if len(set(counts)) > 1:
            raise ValueError(
                f"{counts[0]} wavelengths, {counts[1]} widths and {counts[2]} marks of good bands "
                "were given; give one of each for each band"
            )
        return self

    @property
    def bands(self) -> Bands:
        """The bands."""
        widths = [np.nan if width is None else width for width in self.fwhm]
        return Bands(np.array(self.wavelength), np.array(widths), np.array(self.good))
