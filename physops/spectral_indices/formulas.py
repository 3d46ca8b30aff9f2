"""Formulas with their constants, computed on the bands of an image, with gradients.

An image is computed in pieces that stay in a processor's caches: values in plain arithmetic, and
gradients by going through each piece once more, so that no step's value is kept in between.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.errors import NotReflectanceError
from physops.spectral_indices.adjoint import finite, gradients
from physops.spectral_indices.formula import Apply, Expression, Name, parse
from physops.spectral_indices.operands import reflects
from physops.spectral_indices.program import Program, Value

# Snow and glint reach 1.3, and a few pixels more; digital numbers of reflectance run to 10 000.
# Atmospheric correction leaves dark pixels a little below zero; no-data values lie far below.
SMALLEST_REFLECTANCE, LARGEST_REFLECTANCE = -1.0, 10.0
# What stands in for a value that is not there; the result is thrown away.
STAND_IN = 0.5
# Pixels whose values at hand fit the caches of a processor: those of one way, and of both.
TILE, TILE_BACK = 8192, 8192

GROUP = 8
SHORT = (torch.float16, torch.bfloat16)
Text = tuple[str, tuple[tuple[str, float], ...]]  # a formula, and its constants


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


class Formulas:
    """Formulas with their constants, one program.

    Attributes:
        constants: the numbers beside them.
        program: the steps of all formulas.
        groups: the steps of some of them at a time, whose values there and back fit the caches.
        operands: what must be given.
    """

    def __init__(self, texts: Sequence[Text]) -> None:
        # Indices give one letter different values: each constant gets a name of its own.
        self.constants: dict[str, float] = {}
        expressions = []
        for number, (formula, constants) in enumerate(texts):
            own = {name: f"{name}:{number}" for name, _ in constants}
            self.constants |= {own[name]: value for name, value in constants}
            expressions.append(_renamed(parse(formula), own))
        self.program = Program.of(expressions)
        self.groups = [
            (slice(start, start + GROUP), Program.of(expressions[start : start + GROUP]))
            for start in range(0, len(expressions), GROUP)
        ]
        self.operands = tuple(name for name in self.program.inputs if name not in self.constants)

    def __call__(self, rows: Real[Tensor, "row *space"], reading: Reading) -> Float[Tensor, "..."]:
        """Return the value of each formula, ``(formula, *space)``; NaN where there is none.

        Raises:
            NotReflectanceError: as `Reading.values` does.
        """
        if torch.compiler.is_compiling():
            return self._traced(rows, reading)
        result: Tensor = _Computed.apply(rows, self, reading)  # type: ignore[no-untyped-call]
        return result

    def computed(self, rows: Tensor, reading: Reading) -> Tensor:
        """Return the values, a piece of the image after the other."""
        dtype = result_dtype(rows.dtype)
        result = _empty((len(self.program.outputs), rows[0].numel()), dtype, rows.device)
        for place, piece in _pieces(rows, reading, TILE):
            self._compute({**reading.values(piece), **self.constants}, result[:, place])
        return result.reshape(len(result), *rows.shape[1:])

    def _compute(self, values: Mapping[str, Value], result: Tensor) -> None:
        for number, value in self.program.run(values):
            if not isinstance(value, Tensor):
                result[number] = value if math.isfinite(value) else torch.nan
            elif value.dtype == result.dtype:
                torch.nan_to_num(value, torch.nan, torch.nan, torch.nan, out=result[number])
            else:  # what is finite need not be in half precision
                result[number].copy_(value).nan_to_num_(torch.nan, torch.nan, torch.nan)

    def pulled_back(self, rows: Tensor, reading: Reading, values: Tensor, slopes: Tensor) -> Tensor:
        """Return the gradient in the rows of the sum of values times slopes."""
        unchecked, count = replace(reading, checked=""), len(slopes)
        known, given = values.detach().reshape(count, -1), slopes.reshape(count, -1)
        # Where a gradient of the gradient is wanted, pieces would only be more to keep.
        size = given.shape[1] if torch.is_grad_enabled() else TILE
        pieces = []
        for place, piece in _pieces(rows, reading, size):
            found = self._gradients(unchecked.values(piece), known[:, place], given[:, place])
            pieces.append(_by_row(found, unchecked, len(rows), given[0, place]))
        if not pieces:
            return torch.zeros_like(rows)
        return torch.cat(pieces, dim=1).reshape(rows.shape).to(rows.dtype)

    def _gradients(
        self, operands: Mapping[str, Value], known: Tensor, slopes: Tensor
    ) -> dict[str, Tensor]:
        values = {**_stood_in(operands), **self.constants}
        dtype = next(v.dtype for v in operands.values() if isinstance(v, Tensor))
        total: dict[str, Tensor] = {}
        for outputs, program in self.groups:
            # No slope where there is no value; several times as fast as to choose by a mask.
            given = [
                torch.add(slope, value, alpha=0).nan_to_num(0.0, torch.inf, -torch.inf).to(dtype)
                for slope, value in zip(slopes[outputs], known[outputs], strict=True)
            ]
            for name, gradient in gradients(program, values, given).items():
                total[name] = total[name] + gradient if name in total else gradient
        return total

    def _traced(self, rows: Tensor, reading: Reading) -> Tensor:
        """Do the same in steps that a compiler can join, and differentiate by itself."""
        values = reading.values({name: rows[row] for name, row in reading.rows})
        plain = self.program({**values, **self.constants})
        shown = plain
        if torch.is_grad_enabled() and rows.requires_grad:
            shown = finite(self.program, {**_stood_in(values), **self.constants})
        results = []
        for value, usable in zip(shown, plain, strict=True):
            there = torch.isfinite(torch.as_tensor(usable).detach())
            results.append(torch.where(there, value, torch.nan).expand(rows.shape[1:]))
        return torch.stack(results).to(result_dtype(rows.dtype))


class _Computed(torch.autograd.Function):
    """The values of formulas, and their gradients without what lies in between."""

    @staticmethod
    def forward(rows: Tensor, formulas: Formulas, reading: Reading) -> Tensor:
        return formulas.computed(rows, reading)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ANN401  (torch's own)
        rows, ctx.formulas, ctx.reading = inputs
        ctx.save_for_backward(rows, output)

    @staticmethod
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        rows, output = ctx.saved_tensors
        return ctx.formulas.pulled_back(rows, ctx.reading, output, slopes), None, None

    @staticmethod
    def vmap(
        info: object,
        in_dims: tuple[int | None, ...],
        rows: Tensor,
        formulas: Formulas,
        how: Reading,
    ) -> tuple[Tensor, int]:
        dim = in_dims[0]
        assert dim is not None  # nothing else can be batched
        result: Tensor = _Computed.apply(rows.movedim(dim, 1), formulas, how)  # type: ignore[no-untyped-call]
        return result, 1


@lru_cache(maxsize=4096)
def formulas(texts: tuple[Text, ...]) -> Formulas:
    """Return formulas with their constants; those that were asked for before are kept."""
    return Formulas(texts)


def result_dtype(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype of what is computed from values of a dtype."""
    return dtype if dtype.is_floating_point else torch.get_default_dtype()


def _empty(shape: tuple[int, int], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return a tensor that holds anything: NumPy asks the system for it in large pages."""
    size = math.prod(shape) * dtype.itemsize
    if not size or device.type != "cpu":
        return torch.empty(shape, dtype=dtype, device=device)
    return torch.from_numpy(np.empty(size, np.uint8)).view(dtype).reshape(shape)


def _pieces(rows: Tensor, reading: Reading, size: int) -> Iterator[tuple[slice, dict[str, Tensor]]]:
    """Give the operands of one piece of an image after the other, and where it lies."""
    flat = {name: rows[row].reshape(-1) for name, row in reading.rows}
    total = rows[0].numel()
    # Elsewhere than on a processor a step costs the less a pixel the more pixels it has.
    size = size if rows.device.type == "cpu" else total
    for start in range(0, total, max(size, 1)):
        place = slice(start, start + size)
        yield place, {name: value[place] for name, value in flat.items()}


def _stood_in(values: Mapping[str, Value]) -> dict[str, Value]:
    """Put a value where there is none, for arithmetic that must be finite."""
    return {
        name: value.nan_to_num(STAND_IN) if isinstance(value, Tensor) else value
        for name, value in values.items()
    }


def _by_row(
    gradient: Mapping[str, Tensor], reading: Reading, rows: int, like: Tensor
) -> Float[Tensor, "row pixel"]:
    """Return the gradients of operands as those of the rows that they were read from."""
    sums: list[Tensor] = [torch.zeros_like(like)] * rows
    for name, row in reading.rows:
        if name in gradient:
            scale = reading.scale if reflects(name) else 1.0
            sums[row] = torch.add(sums[row], gradient[name], alpha=scale)
    return torch.stack(sums).nan_to_num(0.0, 0.0, 0.0)  # a slope that is out of range is none


def _renamed(expression: Expression, own: Mapping[str, str]) -> Expression:
    match expression:
        case Name(name=name):
            return Name(own.get(name, name))
        case Apply(function="kernel", arguments=arguments):
            parts = tuple(_renamed(part, own) for part in arguments)
            return Apply("kernel", (*parts, Name(own["sigma"])))
        case Apply(function=function, arguments=arguments):
            return Apply(function, tuple(_renamed(part, own) for part in arguments))
    return expression
