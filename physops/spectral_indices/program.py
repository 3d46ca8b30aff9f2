"""Expressions as a list of steps on tensors, in which what several of them share is done once.

A step gives NaN or infinity where it has no value, and that spreads to the end; infinity is made
NaN where a later step would make a value of it, as 1 / inf. What is not finite in the middle of a
formula makes every gradient through it NaN, even where the result is thrown away: gradients are
`adjoint`'s.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from physops.spectral_indices.formula import Apply, Expression, Name, Number

Value = Tensor | float

# Closer to zero a quotient's slope leaves the range of single precision.
TINY = 1e-18


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Tensor):
        base = torch.as_tensor(base, dtype=exponent.dtype, device=exponent.device)
        return torch.where(base > TINY, base**exponent, torch.nan)  # as a root is
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


@dataclass(frozen=True, eq=False)
class Program:
    """Steps in order; the number of a step, or of what goes in, names its value.

    Attributes:
        inputs: names of the values that go in, numbered from 0.
        numbers: numbers of the formulas, numbered after the inputs.
        steps: what is applied to which values, numbered after the numbers.
        outputs: the values that come out.
        hiding: the steps of which an infinity could be lost to a step after them.
        wanted: the numbers of the outputs, by the step that they are the value of.
        spent: the steps that are not needed any more, by the step after which that is so.
    """

    inputs: tuple[str, ...]
    numbers: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]
    outputs: tuple[int, ...]
    hiding: frozenset[int]
    wanted: Mapping[int, Sequence[int]]
    spent: Mapping[int, Sequence[int]]

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
            _wanted(outputs),
            _spent(steps, len(places)),
        )

    def __call__(self, values: Mapping[str, Value]) -> list[Value]:
        """Return the outputs."""
        results: dict[int, Value] = dict(self.run(values))
        return [results[number] for number in range(len(self.outputs))]

    def run(self, values: Mapping[str, Value]) -> Iterator[tuple[int, Value]]:
        """Give the number and value of each output as soon as it is known.

        What is not needed any more is let go, so that the values at hand stay few.
        """
        known: dict[int, Value] = dict(
            enumerate([*(values[n] for n in self.inputs), *self.numbers])
        )
        first = len(known)
        for place in known:
            yield from ((number, known[place]) for number in self.wanted.get(place, ()))
        for step, (function, places) in enumerate(self.steps, start=first):
            value = PLAIN[function](*[known[place] for place in places])
            known[step] = without_infinity(value) if step in self.hiding else value
            for number in self.wanted.get(step, ()):
                yield number, known[step]
            for place in self.spent[step]:
                del known[place]


def _wanted(outputs: Iterable[int]) -> dict[int, list[int]]:
    """Return the numbers of the outputs, by the step that they are the value of."""
    wanted: dict[int, list[int]] = {}
    for number, place in enumerate(outputs):
        wanted.setdefault(place, []).append(number)
    return wanted


def _spent(steps: Iterable[tuple[str, tuple[int, ...]]], first: int) -> dict[int, list[int]]:
    """Return the steps that are not needed any more, by the step after which that is so."""
    last: dict[int, int] = {}
    for step, (_, places) in enumerate(steps, start=first):
        last |= {place: step for place in places if place >= first}
        last[step] = step
    spent: dict[int, list[int]] = {step: [] for step in last}
    for place, step in last.items():
        spent[step].append(place)
    return spent


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
