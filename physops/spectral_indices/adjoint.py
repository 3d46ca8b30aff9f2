"""Gradients of a program, by reverse accumulation in an arithmetic that is finite everywhere.

Where a step has no value, its value here is zero and so are its slopes: a divisor that is zero, a
root or logarithm of what is not positive. Elsewhere both arithmetics agree. A result is only to be
used where the plain one is finite, and then its gradient is finite, too, and that of every other
result at the same place.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from physops.spectral_indices.program import PLAIN, TINY, Program, Value

# A value, and its slope in each of what it was computed from; None where that is a number.
Step = tuple[Value, tuple[Value | None, ...]]


def finite(program: Program, values: Mapping[str, Value]) -> list[Value]:
    """Return the outputs in finite arithmetic; PyTorch's own gradients through it are finite."""
    known = _inputs(program, values)
    for function, places in program.steps:
        known.append(_step(function, [known[place] for place in places])[0])
    return [known[place] for place in program.outputs]


def gradients(
    program: Program, values: Mapping[str, Value], slopes: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Return the gradient of the sum of outputs times ``slopes``, in those inputs it depends on.

    Args:
        program: the steps.
        values: finite tensors or numbers, by name of input; a number has no gradient.
        slopes: one for each output, in its shape.
    """
    known, partials = _inputs(program, values), []
    first = len(known)
    for function, places in program.steps:
        value, slopes_of_step = _step(function, [known[place] for place in places])
        known.append(value)
        partials.append(slopes_of_step)
    sums: dict[int, Tensor] = {}
    for place, slope in zip(program.outputs, slopes, strict=True):
        _add(sums, place, slope, 1.0)
    for step in reversed(range(first, len(known))):
        if step not in sums:
            continue
        slope, (_, places) = sums.pop(step), program.steps[step - first]
        for place, partial in zip(places, partials[step - first], strict=True):
            if partial is not None:
                _add(sums, place, slope, partial)
    inputs = ((program.inputs.index(name), name) for name in program.inputs)
    return {name: sums[place] for place, name in inputs if place in sums}


def _inputs(program: Program, values: Mapping[str, Value]) -> list[Value]:
    return [*(values[name] for name in program.inputs), *program.numbers]


def _add(sums: dict[int, Tensor], place: int, slope: Tensor, partial: Value) -> None:
    before = sums.get(place)
    if before is None:
        sums[place] = slope if isinstance(partial, float) and partial == 1 else slope * partial
    elif isinstance(partial, Tensor):
        sums[place] = torch.addcmul(before, slope, partial)
    else:
        sums[place] = torch.add(before, slope, alpha=partial)


def _step(function: str, parts: Sequence[Value]) -> Step:
    if not any(isinstance(part, Tensor) for part in parts):
        value = PLAIN[function](*parts)
        number = float(value)
        return (number if math.isfinite(number) else 0.0), (None,) * len(parts)
    value, partials = FINITE[function](*parts)
    given = zip(parts, partials, strict=True)
    return value, tuple(p if isinstance(part, Tensor) else None for part, p in given)


def _quotient(a: Value, b: Value) -> Step:
    if not isinstance(b, Tensor):
        factor = 1 / b if b else 0.0
        return a * factor, (factor, None)
    inverse = _reciprocal(b)
    quotient = a * inverse
    return quotient, (inverse, -quotient * inverse)


def _reciprocal(b: Tensor) -> Tensor:
    """Return 1 / b, and zero where b is."""
    if torch.compiler.is_compiling():  # a compiler's slope of it must stay in range, too
        return torch.where(b.abs() > TINY, b, torch.inf).reciprocal()
    if torch.is_grad_enabled():  # so that its own slope is finite; infinity's inverse has none
        return torch.where(b != 0, b, torch.inf).reciprocal()
    return b.reciprocal().nan_to_num(0.0, 0.0, 0.0)  # an eighth of the time


def _power(base: Value, exponent: Value) -> Step:
    if isinstance(exponent, Tensor):
        return _exponential(base, exponent)
    assert isinstance(base, Tensor)  # one of the two is
    if exponent == 0:
        return base * 0 + 1, (0.0, None)
    if exponent == 2:
        return base * base, (2 * base, None)
    if exponent > 0 and float(exponent).is_integer():
        return base**exponent, (exponent * base ** (exponent - 1), None)
    whole = float(exponent).is_integer()
    usable = (base.abs() if whole else base) > TINY
    safe = torch.where(usable, base, 1.0)
    power = torch.where(usable, safe.sqrt() if exponent == 0.5 else safe**exponent, 0.0)
    return power, (exponent * power / safe, None)


def _root(u: Value) -> Step:
    value, (partial, _) = _power(u, 0.5)
    return value, (partial,)


def _exponential(base: Value, exponent: Tensor) -> Step:
    base = torch.as_tensor(base, dtype=exponent.dtype, device=exponent.device)
    usable = base > TINY
    safe = torch.where(usable, base, 1.0)
    power = torch.where(usable, safe**exponent, 0.0)
    return power, (exponent * power / safe, power * safe.log())


def _logarithm(u: Tensor) -> Step:
    usable = u > TINY
    safe = torch.where(usable, u, 1.0)
    return safe.log(), (torch.where(usable, safe.reciprocal(), 0.0),)


def _exp(u: Tensor) -> Step:
    largest = math.log(torch.finfo(u.dtype).max) - 1
    power = u.clamp(max=largest).exp()
    return power, (power * (u < largest),)


def _tanh(u: Tensor) -> Step:
    value = u.tanh()
    return value, (1 - value * value,)


def _extreme(function: str) -> Callable[..., Step]:
    def apply(*parts: Value) -> Step:
        value = PLAIN[function](*parts)
        assert isinstance(value, Tensor)  # one of the parts is
        chosen = [(value == part).to(value.dtype) for part in parts]
        share = 1 / torch.stack(chosen).sum(dim=0)  # as PyTorch does where several are alike
        return value, tuple(one * share for one in chosen)

    return apply


FINITE: dict[str, Callable[..., Step]] = {
    "+": lambda a, b: (a + b, (1.0, 1.0)),
    "-": lambda a, b: (a - b, (1.0, -1.0)),
    "*": lambda a, b: (a * b, (b, a)),
    "/": _quotient,
    "**": _power,
    "sqrt": _root,
    "log": _logarithm,
    "exp": _exp,
    "tanh": _tanh,
    "max": _extreme("max"),
    "min": _extreme("min"),
}
