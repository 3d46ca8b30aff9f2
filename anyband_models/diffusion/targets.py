"""What physics asks of an image: what an operator should give, and how much that counts."""

import math
from typing import Any, Protocol, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

import physops
from anyband_models.errors import InputError
from physops.bands import Bands
from physops.errors import NoCardError
from physops.operator import Operator
from physops.registry import spec

Images = Float[Tensor, "batch band row col"]
# An image is cut into so many parts to see how far a statistic differs from place to place.
_PARTS = 10
# What an operator of these kinds says of a pixel hangs on that pixel alone.
PIXELWISE = {"index", "constraint"}


@runtime_checkable
class Target(Protocol):
    """Something that an image should obey."""

    name: str
    weight: float

    def losses(self, images: Images) -> Float[Tensor, "batch *place"]:
        """Return how far images, in their own unit, are from obeying: 0 where they do.

        One number an image; or one a pixel, ``(batch, row, col)``, of what each pixel obeys alone.
        """
        ...

    def nearest(self, images: Images) -> Images | None:
        """Return the nearest images that obey, where there is a closed form."""
        ...

    def check(self, rows: int, cols: int) -> None:
        """See that it can be asked of images of a size.

        Raises:
            InputError: if not.
        """
        ...

    def part(self, rows: slice, cols: slice) -> "Target":
        """Return what is asked of a part of the images."""
        ...


@final
class OperatorTarget:
    """The mean squared difference of what an operator gives from what it should.

    Args:
        operator: its name, as `physops.get` takes it.
        bands: of the images.
        value: what it should give: a map ``(row, col)``, anything that broadcasts against what
            comes out, or a number; NaN where nothing is asked. 0, if left out, as a constraint or
            a residual should.
        weight: how much it counts.
        level: a loss that images which obey may show, as a statistic of one place shows another
            beside the statistic of the next; nothing is asked below it.
        parameters: of the operator.

    Raises:
        PhysopsError: as `physops.get` does, if there is no such operator or the bands do not
            serve it.

    Source: AnyBand-Diff, Eq. 3.
    """

    def __init__(
        self,
        operator: str,
        bands: Bands,
        value: Tensor | float = 0.0,
        weight: float = 1.0,
        level: float = 0.0,
        **parameters: float,
    ) -> None:
        given: dict[str, Any] = dict(parameters)
        if _is_index(operator):
            given.setdefault("check", False)  # an estimate may be anything on its way
        self.operator = physops.get(operator, bands=bands, **given)
        self.operator.requires_grad_(False).eval()
        self.name, self.weight, self.level = operator, weight, level
        self.value = torch.as_tensor(value, dtype=torch.float32)
        if not math.isfinite(level):
            raise InputError(f"the level {level} of {operator} is no number; give one, or 0")

    @classmethod
    def of_image(
        cls, operator: str, bands: Bands, image: Float[Tensor, "band row col"]
    ) -> "OperatorTarget":
        """Ask for a statistic of an image, as nearly as parts of it show that of the rest.

        To ask for more would bend an image of one place to another. Pixels that lack a good band
        are left out.

        Raises:
            InputError: if fewer than two pixels are complete.
            PhysopsError: as `OperatorTarget` does.
        """
        pixels = image.flatten(1)
        pixels = pixels[:, torch.isfinite(pixels[torch.from_numpy(bands.good)]).all(dim=0)]
        if pixels.shape[1] < 2:
            raise InputError(
                f"{operator} needs two pixels with all good bands, and the image that is to show "
                f"it has {pixels.shape[1]}; give another image"
            )
        target = cls(operator, bands)
        with torch.no_grad():
            target.value = target.operator(pixels[None, :, :, None])[0]
            target.level = _usual(target.operator, pixels)
        return target

    def __call__(self, images: Images) -> Float[Tensor, " batch"]:
        """Return the loss of each image, a mean over all that is asked.

        Raises:
            InputError: if the value has another shape than what the operator gives.
        """
        return self._means(self._apart(images), first=1)

    def losses(self, images: Images) -> Float[Tensor, "batch *place"]:
        """Return the loss of each pixel of an operator that looks at pixels; else of each image.

        Raises:
            InputError: as `__call__` does.
        """
        apart = self._apart(images)
        if self.operator.spec.kind not in PIXELWISE or apart.shape[-2:] != images.shape[-2:]:
            return self._means(apart, first=1)
        return self._means(apart.movedim((-2, -1), (1, 2)), first=3)

    def nearest(self, images: Images) -> Images | None:
        """Return the nearest images that obey, if the operator knows them; see `Target`."""
        nearest = getattr(self.operator, "nearest", None)
        if nearest is None or self.value.any() or self.level:
            return None
        found: Images = nearest(images)
        return found

    def _apart(self, images: Images) -> Float[Tensor, "batch *shape"]:
        found = self.operator(images)
        wanted = self.value.to(found)
        if not _broadcasts(tuple(wanted.shape), tuple(found.shape)):
            raise InputError(
                f"the target of {self.name} has the shape {tuple(wanted.shape)} and the operator "
                f"gives {tuple(found.shape[1:])} of each image; give it in that shape, or as one "
                "number"
            )
        return found - wanted

    def _means(self, apart: Tensor, first: int) -> Tensor:
        """Return the mean square over the axes from the first on, of what is finite."""
        squared = apart.square().reshape(*apart.shape[:first], -1)
        mean = squared.mean(dim=-1)
        if not bool(torch.isfinite(mean).all()):
            counts = torch.isfinite(squared)
            # The gradient of what does not count is cut before it is squared.
            kept = torch.where(counts, apart.reshape(squared.shape), 0.0).square()
            mean = kept.sum(dim=-1) / counts.sum(dim=-1).clamp(min=1)
        return (mean - self.level).relu() if self.level else mean

    @property
    def has_map(self) -> bool:
        """Whether it asks for something at each place."""
        # A statistic, as a matrix of correlations, is of the bands and not of a place.
        return self.value.ndim >= 2 and self.operator.spec.kind != "statistic"

    def check(self, rows: int, cols: int) -> None:
        """See that a map has as many rows and columns as an image.

        Raises:
            InputError: if not.
        """
        shape = tuple(self.value.shape[-2:])
        if self.has_map and not _broadcasts(shape, (rows, cols)):
            raise InputError(
                f"the target of {self.name} has {shape[0]} rows and {shape[1]} columns, and the "
                f"image has {rows} and {cols}; give a map of {rows} rows and {cols} columns"
            )

    def part(self, rows: slice, cols: slice) -> "OperatorTarget":
        """Return the target of a part of the image."""
        if not self.has_map:
            return self
        other = object.__new__(OperatorTarget)
        other.operator, other.name = self.operator, self.name
        other.weight, other.level = self.weight, self.level
        high, wide = self.value.shape[-2:]
        everywhere = slice(None)  # what is one number for all rows is so for some of them
        part = rows if high > 1 else everywhere, cols if wide > 1 else everywhere
        other.value = self.value[..., part[0], part[1]]
        return other


def _usual(operator: Operator, pixels: Float[Tensor, "band pixel"]) -> float:
    """Return how far a statistic of a part is from that of the rest, at the median; 0 of few."""
    parts = torch.tensor_split(pixels, min(_PARTS, pixels.shape[1] // 2), dim=1)
    if len(parts) < 2:
        return 0.0
    apart = []
    for number, part in enumerate(parts):
        rest = torch.cat([*parts[:number], *parts[number + 1 :]], dim=1)
        ours, theirs = (operator(some[None, :, :, None])[0] for some in (part, rest))
        apart.append((ours - theirs).square().nanmean())
    return float(torch.stack(apart).nan_to_num().median())


def _is_index(operator: str) -> bool:
    try:
        return spec(operator).kind == "index"
    except NoCardError:  # a plugin's, or a function that was registered
        return False


def _broadcasts(value: tuple[int, ...], onto: tuple[int, ...]) -> bool:
    fits = zip(value[::-1], onto[::-1], strict=False)
    return len(value) <= len(onto) and all(own in (1, there) for own, there in fits)
