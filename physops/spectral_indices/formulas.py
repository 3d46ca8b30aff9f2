"""Formulas with their constants, computed on the bands of an image, with gradients.

An image is computed in pieces that stay in a processor's caches: values in plain arithmetic, and
gradients by going through each piece once more, so that no step's value is kept in between.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.spectral_indices.adjoint import finite, gradients
from physops.spectral_indices.formula import Apply, Expression, Name, parse
from physops.spectral_indices.operands import reflects
from physops.spectral_indices.program import Program, Value
from physops.spectral_indices.reading import Reading, stood_in

# Pixels, and formulas, whose values at hand fit the caches of a processor.
TILE, GROUP = 32_768, 16
Text = tuple[str, tuple[tuple[str, float], ...]]  # a formula, and its constants


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

    def __call__(
        self, x: Real[Tensor, "..."], reading: Reading, dim: int = 0, *, one: bool = False
    ) -> Float[Tensor, "..."]:
        """Return the value of each formula, where the image has its rows; NaN where there is none.

        Args:
            x: the image.
            reading: how its rows become operands.
            dim: the dimension of its rows, counted from the front.
            one: whether to leave the dimension out, for a single formula.

        Raises:
            NotReflectanceError: as `Reading.values` does.
        """
        if torch.compiler.is_compiling():
            values = self._traced(x.movedim(dim, 0), reading)
            return values[0] if one else values.movedim(0, dim)
        result: Tensor = _Computed.apply(x, self, reading, dim, one)  # type: ignore[no-untyped-call]
        return result

    def compute(self, rows: Tensor, reading: Reading, result: Sequence[Tensor]) -> None:
        """Write the values to flat tensors, a piece of the image after the other."""
        for place, piece in reading.pieces(rows, TILE):
            values = {**reading.values(piece), **self.constants}
            for number, value in self.program.run(values):
                _put(value, result[number][place])

    def pulled_back(self, rows: Tensor, reading: Reading, known: Tensor, slopes: Tensor) -> Tensor:
        """Return the gradient in the rows of the sum of values times slopes, where known."""
        unchecked, count = replace(reading, checked=""), rows[0].numel()
        valid, given = ([one.reshape(-1) for one in many] for many in (known, slopes))
        # Where a gradient of the gradient is wanted, pieces would only be more to keep.
        pieces = [
            self._piece_pulled_back(
                unchecked.values(piece),
                unchecked,
                # No slope where there is no value, whatever it is.
                [torch.where(v[at], g[at], 0.0) for v, g in zip(valid, given, strict=True)],
                rows,
            )
            for at, piece in reading.pieces(rows, count if torch.is_grad_enabled() else TILE)
        ]
        return torch.cat(pieces, dim=1).reshape(rows.shape) if pieces else torch.zeros_like(rows)

    def _piece_pulled_back(
        self, operands: Mapping[str, Value], reading: Reading, slopes: list[Tensor], rows: Tensor
    ) -> Float[Tensor, "row pixel"]:
        values = {**stood_in(operands), **self.constants}
        slopes = [slope.to(_computing(rows.dtype)) for slope in slopes]
        total: dict[str, Tensor] = {}
        for outputs, program in self.groups:
            for name, gradient in gradients(program, values, slopes[outputs]).items():
                total[name] = total[name] + gradient if name in total else gradient
        by_row = [torch.zeros_like(slopes[0])] * len(rows)
        for name, row in reading.rows:
            if name in total:
                scale = reading.scale if reflects(name) else 1.0
                by_row[row] = torch.add(by_row[row], total[name], alpha=scale)
        gradient = torch.stack(by_row).to(rows.dtype)
        # A slope that is out of range is none; but one that came so is passed on, to be seen.
        fine = torch.isfinite(torch.stack(slopes).sum(dim=0).detach())
        return torch.where(fine, gradient.nan_to_num(0.0, 0.0, 0.0), gradient)

    def _traced(self, rows: Tensor, reading: Reading) -> Tensor:
        """Do the same in steps that a compiler can join, and differentiate by itself."""
        values = reading.values({name: rows[row] for name, row in reading.rows})
        plain = [torch.as_tensor(v) for v in self.program({**values, **self.constants})]
        shown = plain
        if torch.is_grad_enabled() and rows.requires_grad:
            safe = finite(self.program, {**stood_in(values), **self.constants})
            # The value is the plain one, the slope the other's.
            shown = [
                value.detach() + (sloped - sloped.detach()) if isinstance(sloped, Tensor) else value
                for value, sloped in zip(plain, safe, strict=True)
            ]
        results = [
            torch.where(torch.isfinite(usable.detach()), value, torch.nan).expand(rows.shape[1:])
            for value, usable in zip(shown, plain, strict=True)
        ]
        return torch.stack(results).to(result_dtype(rows.dtype))


class _Computed(torch.autograd.Function):
    """The values of formulas, and their gradients without what lies in between."""

    @staticmethod
    def forward(x: Tensor, formulas: Formulas, reading: Reading, dim: int, one: bool) -> Tensor:
        rows, count = x.movedim(dim, 0), len(formulas.program.outputs)
        result, flat = _empty((count, *rows.shape[1:]), result_dtype(x.dtype), x.device, dim, one)
        formulas.compute(rows, reading, flat)
        return result

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ANN401  (torch's own)
        x, ctx.formulas, ctx.reading, ctx.dim, ctx.one = inputs
        if ctx.needs_input_grad[0]:  # to look for values takes another pass over all of them
            # Where there is a value, and not the values: what came out may be changed in place.
            ctx.save_for_backward(x, output == output)

    @staticmethod
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        x, known = ctx.saved_tensors
        known, slopes = (
            each.unsqueeze(0) if ctx.one else each.movedim(ctx.dim, 0) for each in (known, slopes)
        )
        rows = x.movedim(ctx.dim, 0)
        gradient = ctx.formulas.pulled_back(rows, ctx.reading, known, slopes)
        return gradient.movedim(0, ctx.dim), None, None, None, None

    @staticmethod
    def vmap(
        info: object,
        in_dims: tuple[int | None, ...],
        x: Tensor,
        formulas: Formulas,
        reading: Reading,
        dim: int,
        one: bool,
    ) -> tuple[Tensor, int]:
        batch = in_dims[0]
        assert batch is not None  # nothing else can be batched
        result: Tensor = _Computed.apply(  # type: ignore[no-untyped-call]
            x.movedim(batch, 0), formulas, reading, dim + 1, one
        )
        return result, 0


@lru_cache(maxsize=4096)
def formulas(texts: tuple[Text, ...]) -> Formulas:
    """Return formulas with their constants; those that were asked for before are kept."""
    return Formulas(texts)


def result_dtype(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype of what is computed from values of a dtype."""
    return dtype if dtype.is_floating_point else torch.get_default_dtype()


def _computing(dtype: torch.dtype) -> torch.dtype:
    return dtype if dtype == torch.float64 else torch.float32


def _put(value: Value, place: Tensor) -> None:
    if not isinstance(value, Tensor):
        place.fill_(value if math.isfinite(value) else torch.nan)
    elif value.dtype == place.dtype:
        torch.nan_to_num(value, torch.nan, torch.nan, torch.nan, out=place)
    else:  # what is finite need not be in half precision
        place.copy_(value).nan_to_num_(torch.nan, torch.nan, torch.nan)


def _empty(
    shape: tuple[int, ...], dtype: torch.dtype, device: torch.device, dim: int, one: bool
) -> tuple[Tensor, list[Tensor]]:
    """Return a tensor of any values, its first dimension moved, and its parts as flat tensors.

    It is no view of another, or it could not be changed in place.
    """
    if device.type == "cpu" and dtype != torch.bfloat16:  # which NumPy lacks
        # NumPy asks the system for large pages, which come in a third of the time.
        array = np.empty(shape, str(dtype).removeprefix("torch."))
        result = torch.from_numpy(array[0, ...] if one else np.moveaxis(array, 0, dim))
        parts = list(torch.from_numpy(array))
    else:
        order = list(range(1, len(shape)))
        order.insert(dim, 0)
        strides = [math.prod(shape[place + 1 :]) for place in range(len(shape))]
        moved = ([shape[i] for i in order], [strides[i] for i in order])
        final = (shape[1:], strides[1:]) if one else moved
        result = torch.empty_strided(*final, dtype=dtype, device=device)
        parts = [result] if one else list(result.movedim(dim, 0))
    return result, [part.reshape(-1) for part in parts]


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
