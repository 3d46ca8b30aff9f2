"""How large a network is, and how it is conditioned."""

from typing import Literal

from pydantic import BaseModel, Field, PositiveInt, model_validator


class UNetConfig(BaseModel, frozen=True, extra="forbid"):
    """The shape of a `UNet`.

    Attributes:
        width: channels at full resolution, an even number.
        multipliers: of the width, one a level; each level halves rows and columns.
        blocks: ResNet blocks a level.
        attention: levels, counted from 0, with self-attention. For patches of 64 pixels, those of
            16 x 16 and 8 x 8 are 2 and 3.
        heads: of the attention.
        context: length of the context vector h of Eq. 1.
        modulation: "global" is Eq. 1; "spatial" lets scale and shift vary over the image.
        concatenate: whether the network also sees C and M entry by entry. Eq. 1 alone has them
            only as one vector an image, which cannot tell pixels apart.
        spectral: channels of a pixelwise network beside the U-Net, which knows the level of each
            pixel that the U-Net's normalisations take away; 0 for none, as in the paper.
    """

    width: PositiveInt = 128
    multipliers: tuple[PositiveInt, ...] = Field(default=(1, 2, 4, 8), min_length=1)
    blocks: PositiveInt = 2
    attention: tuple[int, ...] = (2, 3)
    heads: PositiveInt = 4
    context: PositiveInt = 512
    modulation: Literal["global", "spatial"] = "global"
    concatenate: bool = True
    spectral: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> "UNetConfig":
        levels = len(self.multipliers)
        if any(not 0 <= level < levels for level in self.attention):
            raise ValueError(
                f"attention is at levels {list(self.attention)}, but there are {levels}, "
                "counted from 0"
            )
        if self.width % 2:
            raise ValueError(f"width {self.width} is odd; the code of the noise needs an even one")
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads, {self.heads}")
        return self


PRESETS: dict[str, UNetConfig] = {
    "tiny": UNetConfig(
        width=8, multipliers=(1, 2), blocks=1, attention=(1,), heads=2, context=16, spectral=32
    ),
    "small": UNetConfig(width=24, blocks=1, context=96, spectral=352),
    "base": UNetConfig(width=64, context=256, spectral=512),
    "paper": UNetConfig(),
}
"""Sizes by name; README says what each counts and costs."""
