"""Expressions as a list of steps on tensors, in which what several of them share is done once.

A step is plain, or guarded. A plain one gives NaN or infinity where it has no value, and that
spreads to the end; infinity is made NaN where a later step would make a value of it, as 1 / inf. A
guarded one gives a finite value with a finite slope, and tells where it is one to be used; for what
is not finite in the middle of a formula makes every gradient through it NaN, even where the result
is thrown away. Both have a value in the same places, but for divisors nearer to zero than `TINY`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from physops.spectral_indices.formula import Apply, Expression, Name, Number

Value = Tensor | float
# A value, and where it is to be used; None if everywhere.
Guarded = tuple[Value, Tensor | None]

# Closer to zero a quotient's slope leaves the range of single precision.
TINY = 1e-18
# Its exponential still lies in that range.
LARGEST_EXPONENT = 80.0


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Tensor):
        base = torch.as_tensor(base, dtype=exponent.dtype, device=exponent.device)
        return torch.where(base > TINY, base, torch.nan) ** exponent  # as a root is
    if not isinstance(base, Tensor):
        return float(torch.tensor(base, dtype=torch.float64) ** exponent)
    if exponent == 0:
        return base * 0 + 1  # torch has 1 for NaN, too
    if exponent == 2:
        return base * base
    if exponent == 0.5:
        return base.sqrt()
    return base**exponent


def _quotient(a: Value, b: Value) -> Value:
    if isinstance(b, Tensor):
        return a / b
    return a / b if b else float("nan")


def without_infinity(u: Value) -> Value:
    """Return NaN in place of infinity."""
    return u.nan_to_num(torch.nan, torch.nan, torch.nan) if isinstance(u, Tensor) else u


def _elementwise(function: Callable[[Tensor], Tensor]) -> Callable[[Value], Value]:
    def apply(u: Value) -> Value:
        if isinstance(u, Tensor):
            return function(u)
        return float(function(torch.tensor(u, dtype=torch.float64)))

    return apply


def _extreme(pick: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Value]:
    def apply(*values: Value) -> Value:
        like = next((value for value in values if isinstance(value, Tensor)), torch.zeros(()))
        tensors = [torch.as_tensor(value, dtype=like.dtype, device=like.device) for value in values]
        result = tensors[0]
        for other in tensors[1:]:
            result = pick(result, other)
        return result

    return apply


PLAIN: dict[str, Callable[..., Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _quotient,
    "**": _power,
    "log": _elementwise(torch.log),
    "exp": _elementwise(torch.exp),
    "sqrt": lambda u: _power(u, 0.5),
    "tanh": _elementwise(torch.tanh),
    "max": _extreme(torch.maximum),
    "min": _extreme(torch.minimum),
}


def _guarded_quotient(a: Value, b: Value) -> Guarded:
    if not isinstance(b, Tensor):
        return _quotient(a, b), None
    usable = b.abs() > TINY
    return a / torch.where(usable, b, 1.0), usable


def _guarded_power(base: Value, exponent: Value) -> Guarded:
    if isinstance(exponent, Tensor):
        base = torch.as_tensor(base, dtype=exponent.dtype, device=exponent.device)
        usable = base > TINY
        return torch.where(usable, base, 1.0) ** exponent, usable
    if not isinstance(base, Tensor):
        return _power(base, exponent), None
    whole = float(exponent).is_integer()
    if whole and exponent > 0:
        return _power(base, exponent), None
    if whole:
        usable = base.abs() > TINY
        return torch.where(usable, base, 1.0) ** exponent, usable
    return _guarded_root(base, exponent)


def _guarded_root(base: Tensor, exponent: float) -> Guarded:
    """Return ``base ** exponent``: at zero the slope of a root is infinite, and taken for zero."""
    positive = base > TINY
    root = _power(torch.where(positive, base, 1.0), exponent)
    if exponent < 0:
        return root, positive
    return torch.where(positive, root, base.detach().clamp(min=0) ** exponent), base >= 0


def _guarded_log(u: Value) -> Guarded:
    if not isinstance(u, Tensor):
        return PLAIN["log"](u), None
    usable = u > TINY
    return torch.where(usable, u, 1.0).log(), usable


def _guarded_exp(u: Value) -> Guarded:
    if not isinstance(u, Tensor):
        return PLAIN["exp"](u), None
    usable = u < LARGEST_EXPONENT
    return torch.where(usable, u, 0.0).exp(), usable


GUARDED: dict[str, Callable[..., Guarded]] = {
    "/": _guarded_quotient,
    "**": _guarded_power,
    "sqrt": lambda u: _guarded_power(u, 0.5),
    "log": _guarded_log,
    "exp": _guarded_exp,
}


@dataclass(frozen=True)
class Program:
    """Steps in order; the number of a step, or of what goes in, names its value.

    Attributes:
        inputs: names of the values that go in, numbered from 0.
        numbers: numbers of the formulas, numbered after the inputs.
        steps: what is applied to which values, numbered after the numbers.
        outputs: the values that come out.
        hiding: the steps of which an infinity could be lost to a step after them.
    """

    inputs: tuple[str, ...]
    numbers: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]
    outputs: tuple[int, ...]
    hiding: frozenset[int]

    @classmethod
    def of(cls, expressions: Iterable[Expression]) -> "Program":
        """Return the program that computes expressions; equal parts are one step."""
        expressions = tuple(map(_without_kernels, expressions))
        leaves: dict[Expression, int] = {}
        for expression in expressions:
            _gather(expression, leaves)
        inputs = [leaf for leaf in leaves if isinstance(leaf, Name)]
        numbers = [leaf for leaf in leaves if isinstance(leaf, Number)]
        places = {leaf: place for place, leaf in enumerate([*inputs, *numbers])}
        steps: dict[tuple[str, tuple[int, ...]], int] = {}

        def number(part: Expression) -> int:
            if not isinstance(part, Apply):
                return places[part]
            step = (part.function, tuple(map(number, part.arguments)))
            return steps.setdefault(step, len(places) + len(steps))

        outputs = tuple(map(number, expressions))
        return cls(
            tuple(leaf.name for leaf in inputs),
            tuple(leaf.value for leaf in numbers),
            tuple(steps),
            outputs,
            _hiding(steps, len(places)),
        )

    def __call__(self, values: Mapping[str, Value]) -> list[Value]:
        """Return the outputs in plain arithmetic; what is not needed any more is let go."""
        known: dict[int, Value] = dict(
            enumerate([*(values[n] for n in self.inputs), *self.numbers])
        )
        first, last_use = len(known), self._last_uses()
        for step, (function, places) in enumerate(self.steps, start=first):
            value = PLAIN[function](*(known[place] for place in places))
            known[step] = without_infinity(value) if step in self.hiding else value
            for place in set(places):
                if last_use[place] == step and place >= first:
                    del known[place]
        return [known[place] for place in self.outputs]

    def guarded(self, values: Mapping[str, Guarded]) -> list[Guarded]:
        """Return the outputs in guarded arithmetic, and where each is to be used."""
        known: list[Guarded] = [values[name] for name in self.inputs]
        known += [(number, None) for number in self.numbers]
        for function, places in self.steps:
            parts, masks = zip(*(known[place] for place in places), strict=True)
            if function in GUARDED:
                value, own = GUARDED[function](*parts)
                masks = (*masks, own)
            else:
                value = PLAIN[function](*parts)
            known.append((value, both(masks)))
        return [known[place] for place in self.outputs]

    def _last_uses(self) -> dict[int, int]:
        first = len(self.inputs) + len(self.numbers)
        uses = {place: step for step, (_, ps) in enumerate(self.steps, start=first) for place in ps}
        return uses | dict.fromkeys(self.outputs, -1)


# What can make a value of infinity; a quotient does it with its divisor.
_MAY_LOSE = {"**", "exp", "tanh", "max", "min"}
_MAY_BE_INFINITE = {"/", "**", "log", "exp"}


def _hiding(steps: Iterable[tuple[str, tuple[int, ...]]], first: int) -> frozenset[int]:
    numbered = list(enumerate(steps, start=first))
    lost: set[int] = set()
    for step, (function, places) in reversed(numbered):
        if function in _MAY_LOSE or step in lost:
            lost.update(places)
        elif function == "/":
            lost.add(places[1])
    return frozenset(
        s for s, (function, _) in numbered if s in lost and function in _MAY_BE_INFINITE
    )


def both(masks: Iterable[Tensor | None]) -> Tensor | None:
    """Return where all of some masks hold; None stands for everywhere."""
    result: Tensor | None = None
    for mask in masks:
        if mask is not None:
            result = mask if result is None or result is mask else result & mask
    return result


def _gather(expression: Expression, leaves: dict[Expression, int]) -> None:
    if isinstance(expression, Apply):
        for part in expression.arguments:
            _gather(part, leaves)
    else:
        leaves.setdefault(expression, len(leaves))


def _without_kernels(expression: Expression) -> Expression:
    """Write out ``kernel(a, b) = exp(-(a - b)**2 / (2 sigma**2))``.

    Source: Camps-Valls et al., A unified vegetation index for quantifying the terrestrial
    biosphere, Science Advances 7 (2021) eabc7447, Eq. 2.
    """
    if not isinstance(expression, Apply):
        return expression
    arguments = tuple(map(_without_kernels, expression.arguments))
    if expression.function != "kernel":
        return Apply(expression.function, arguments)
    a, b, sigma = arguments if len(arguments) == 3 else (*arguments, Name("sigma"))
    apart = Apply("-", (a, b))
    spread = Apply("*", (Number(-2.0), Apply("*", (sigma, sigma))))
    return Apply("exp", (Apply("/", (Apply("*", (apart, apart)), spread)),))
