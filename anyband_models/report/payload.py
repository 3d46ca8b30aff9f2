"""The thinned cube that the page carries, small enough to travel inside it.

Entries lie pixel after pixel, each with its bands in the scene's order. Numbers are quantised to
16 bits; code 0 stands for "no number". Bytes are packed by zlib, high bytes before low ones,
since they repeat more often that way, and written in base64.
"""

import math
import zlib
from base64 import b64encode
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float64, Shaped, UInt8, UInt16

from anyband_models.report.content import ReportContent
from anyband_models.report.maps import Maps
from anyband_models.report.presets import choose_presets
from anyband_models.report.shrink import shrink_factor
from anyband_models.report.words import CAUTION_WORDS, ORIGIN_WORDS, QUANTITY_WORDS

MOST_ENTRIES = 4_000_000  # what a browser unpacks in a blink, however well it compresses
MOST_CODE = 65535
CAUTION_SHIFT = 3  # the low three bits of a state say the origin, the others the cautions


@dataclass(frozen=True)
class Steps:
    """How numbers become codes: ``value = offset + (code - 1) x scale``, code 0 = none.

    Attributes:
        offset: the least value.
        scale: the width of a step; the error of a value is at most half of it.
    """

    offset: float
    scale: float

    @classmethod
    def over(cls, *arrays: Float[np.ndarray, "..."]) -> "Steps":
        """Return the finest steps that reach all finite values of all arrays."""
        finite = [array[np.isfinite(array)] for array in arrays]
        low = min((float(values.min()) for values in finite if values.size), default=0.0)
        high = max((float(values.max()) for values in finite if values.size), default=0.0)
        return cls(low, (high - low) / (MOST_CODE - 1) or 1.0)

    def encode(self, values: Float[np.ndarray, "*shape"]) -> UInt16[np.ndarray, "*shape"]:
        """Return the codes of values that lie within reach."""
        finite = np.isfinite(values)
        steps = (
            np.where(finite, values, self.offset).astype(np.float64) - self.offset
        ) / self.scale
        return np.where(finite, 1 + np.rint(steps), 0).astype(np.uint16)

    def decode(self, codes: UInt16[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
        """Return the values of codes, as the page's script does."""
        return np.where(codes == 0, np.nan, self.offset + (codes - 1.0) * self.scale)


@dataclass(frozen=True)
class Payload:
    """What the script of the page is given.

    Attributes:
        data: for JSON; holds no NaN and no infinity.
        stride: every ``stride``-th pixel of every ``stride``-th row is there.
        steps: how the values were quantised [quantity of the scene].
    """

    data: dict[str, Any]
    stride: int
    steps: Steps

    @property
    def size(self) -> int:
        """How many characters the packed arrays take."""
        arrays = (self.data[key] for key in ("mean", "std", "state", "truth"))
        return sum(len(array["packed"]) for array in arrays if array)


def make_payload(content: ReportContent, maps: Maps, budget: int) -> Payload:
    """Return the finest payload whose arrays need at most ``budget`` characters.

    One pixel always stays, even where its bands alone are too many.
    """
    bands, height, width = content.mask.shape
    stride = max(1, math.ceil(math.sqrt(bands * height * width / MOST_ENTRIES)))
    while True:
        payload = thin(content, maps, stride)
        if payload.size <= budget or stride >= max(height, width):
            return payload
        stride = max(stride + 1, int(stride * math.sqrt(payload.size / max(budget, 1))))


def thin(content: ReportContent, maps: Maps, stride: int) -> Payload:
    """Return the payload with every ``stride``-th pixel of every ``stride``-th row."""
    result = content.reconstruction
    mean, std = _pixels_first(result.mean, stride), _pixels_first(result.std, stride)
    truth = None if content.truth is None else _pixels_first(content.truth, stride)
    steps = Steps.over(mean) if truth is None else Steps.over(mean, truth)
    spread, codes = Steps.over(std), steps.encode(mean)
    state = make_state(
        _pixels_first(result.provenance, stride), _pixels_first(result.caution, stride)
    )
    data = _axes(content) | {
        "stride": stride,
        "rows": mean.shape[0],
        "columns": mean.shape[1],
        "mean": asdict(steps) | {"packed": pack(codes)},
        "std": asdict(spread) | {"packed": pack(spread.encode(std))},
        "state": {"packed": pack(state)},
        # As a difference in codes, which is 0 where the truth was measured, and so packs to little.
        "truth": None if truth is None else {"packed": pack(steps.encode(truth) - codes)},
        "presets": [asdict(preset) for preset in choose_presets(content, maps, stride)],
    }
    return Payload(data, stride, steps)


def _axes(content: ReportContent) -> dict[str, Any]:
    """What the script needs to know besides the cube."""
    scene, (_, height, width) = content.scene, content.mask.shape
    factor = shrink_factor(height, width)
    quantity, unit = QUANTITY_WORDS[scene.meta.quantity]
    return {
        "wavelength": scene.wavelength.tolist(),
        "extent": [-(-size // factor) * factor for size in (width, height)],
        "names": list(scene.meta.band_names),
        "yLabel": f"{quantity} [{unit}]",
        "missing": np.round(1 - content.mask.mean(axis=(1, 2)), 4).tolist(),
        "origins": list(ORIGIN_WORDS.values()),
        "cautions": list(CAUTION_WORDS.values()),
        "cautionShift": CAUTION_SHIFT,
    }


def make_state(
    provenance: UInt8[np.ndarray, "*shape"], caution: UInt8[np.ndarray, "*shape"]
) -> UInt8[np.ndarray, "*shape"]:
    """Return origin and cautions of each entry in one byte.

    The origin is its place in `ORIGIN_WORDS`; a caution's bit is its place in `CAUTION_WORDS`.
    """
    origin = np.zeros_like(provenance)
    for code, kind in enumerate(ORIGIN_WORDS):
        origin[provenance == kind] = code
    for bit, warning in enumerate(CAUTION_WORDS):
        origin[(caution & warning) != 0] |= 1 << (CAUTION_SHIFT + bit)
    return origin


def _pixels_first(
    cube: Shaped[np.ndarray, "band y x"], stride: int
) -> Shaped[np.ndarray, "row column band"]:
    return np.ascontiguousarray(np.moveaxis(cube[:, ::stride, ::stride], 0, -1))


def pack(array: UInt8[np.ndarray, "..."] | UInt16[np.ndarray, "..."]) -> str:
    """Return unsigned integers as base64: all high bytes, then all low bytes, deflated."""
    little = array.astype(array.dtype.newbyteorder("<")).reshape(-1, 1)
    planes = little.view(np.uint8)[:, ::-1].T
    return b64encode(zlib.compress(planes.tobytes(), level=6)).decode("ascii")
