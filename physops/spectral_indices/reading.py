"""How an image becomes what formulas are computed from, and what is refused on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from physops.errors import NotReflectanceError
from physops.spectral_indices.operands import reflects
from physops.spectral_indices.program import Value

# Snow and glint reach 1.3, and a few pixels more; digital numbers of reflectance run to 10 000.
# Atmospheric correction leaves dark pixels a little below zero; no-data values lie far below.
SMALLEST_REFLECTANCE, LARGEST_REFLECTANCE = -1.0, 10.0
# What stands in for a value that is not there; the result is thrown away.
STAND_IN = 0.5


@dataclass(frozen=True)
class Reading:
    """How the rows of a tensor become what formulas are computed from.

    Attributes:
        rows: the row of each operand.
        places: the operands that are numbers: wavelengths [nm].
        scale: reflectance = value * scale + offset.
        offset: see ``scale``.
        checked: the index on behalf of which reflectance is checked; empty if it is not.
    """

    rows: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, float], ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    checked: str = ""

    def values(self, piece: Mapping[str, Tensor]) -> dict[str, Value]:
        """Return the operands of a piece of the image: reflectance, NaN where there is none.

        Raises:
            NotReflectanceError: if it is to be checked, and this cannot be.
        """
        values: dict[str, Value] = dict(self.places)
        for name, value in piece.items():
            value = value if value.dtype in (torch.float32, torch.float64) else value.float()
            if reflects(name):
                value = value if self.scale == 1.0 else value * self.scale
                value = value if self.offset == 0.0 else value + self.offset
            values[name] = known = value.nan_to_num(torch.nan, torch.nan, torch.nan)
            if self.checked and reflects(name):
                self._check(name, known.detach())
        return values

    def _check(self, name: str, known: Tensor) -> None:
        if not known.numel():
            return
        for extreme in map(float, known.nan_to_num(0.0).aminmax()):
            if not SMALLEST_REFLECTANCE <= extreme <= LARGEST_REFLECTANCE:
                raise NotReflectanceError(self.checked, name, extreme)

    def pieces(self, rows: Tensor, size: int) -> Iterator[tuple[slice, dict[str, Tensor]]]:
        """Give the operands of one piece of an image after the other, and where it lies.

        Args:
            rows: ``(row, *space)``.
            size: how many pixels a piece has; on a graphics card there is only one.
        """
        flat = {name: rows[row].reshape(-1) for name, row in self.rows}
        total = rows[0].numel()
        # Elsewhere than on a processor a step costs the less a pixel the more pixels it has.
        size = size if rows.device.type == "cpu" else total
        for start in range(0, total, max(size, 1)):
            place = slice(start, start + size)
            yield place, {name: value[place] for name, value in flat.items()}


def stood_in(values: Mapping[str, Value]) -> dict[str, Value]:
    """Put a value where there is none, for arithmetic that must be finite."""
    return {
        name: value.nan_to_num(STAND_IN) if isinstance(value, Tensor) else value
        for name, value in values.items()
    }
