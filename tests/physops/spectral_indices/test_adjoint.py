"""Gradients by hand, against PyTorch's own and against the plain arithmetic."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from physops.spectral_indices.adjoint import finite, gradients
from physops.spectral_indices.formula import parse
from physops.spectral_indices.program import Program

HAZARDS = [
    "a / b",
    "a / (b - b)",
    "a / (b / a)",
    "1 / (a / b + b / a)",
    "exp(-1 / a)",
    "log(a)",
    "sqrt(a - b)",
    "(a - b) ** 0.5",
    "(a - b) ** -0.5",
    "(a - b) ** -2",
    "(a - b) ** 3",
    "(a - b) ** 0",
    "a ** b",
    "2 ** a",
    "(a - b) ** (1 / 3)",
    "exp(a / b)",
    "exp(1000 * a)",
    "tanh(a / b)",
    "max(a / b, log(b), 0.1)",
    "min(a, b)",
    "sqrt((a - b) ** 2)",
    "3 - a * 2 / 7 + b",
]
NEVER = "a / (b - b)"  # has no value anywhere
any_value = st.sampled_from([0.0, -0.01, 0.05, 0.3, 1.0, -1.0, 1e-30])


def by_hand(program, values, grad=False):
    slopes = [torch.ones((), dtype=torch.float64)] * len(program.outputs)
    with torch.set_grad_enabled(grad):
        return gradients(program, values, slopes)


@pytest.mark.parametrize("text", HAZARDS)
@given(a=any_value, b=any_value)
def test_where_the_plain_arithmetic_is_finite_the_other_is_the_same(text, a, b):
    program = Program.of([parse(text)])
    values = dict(zip("ab", torch.tensor([a, b], dtype=torch.float64), strict=True))
    plain, value = (
        torch.as_tensor(way(values)[0]) for way in (program, lambda v: finite(program, v))
    )
    assert torch.isfinite(value)
    if torch.isfinite(plain) and 1e-30 not in (a, b):
        torch.testing.assert_close(value, plain, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("text", HAZARDS)
@given(a=any_value, b=any_value)
def test_gradients_are_finite_everywhere(text, a, b):
    program = Program.of([parse(text)])
    values = dict(zip("ab", torch.tensor([a, b], dtype=torch.float64), strict=True))
    for grad in (False, True):
        assert all(torch.isfinite(slope) for slope in by_hand(program, values, grad).values())


@pytest.mark.parametrize("text", [text for text in HAZARDS if text != NEVER])
@given(a=st.floats(0.2, 0.9), b=st.floats(0.2, 0.9))
def test_gradients_are_those_of_pytorch(text, a, b):
    """Where nothing is hazardous; beside a kink each has a slope of its own."""
    assume(abs(a - b) > 1e-3)
    program = Program.of([parse(text), parse("a * b")])
    values = {
        n: torch.tensor(v, dtype=torch.float64, requires_grad=True)
        for n, v in zip("ab", (a, b), strict=True)
    }
    outputs = [torch.as_tensor(value) for value in program(values)]
    assume(all(torch.isfinite(output) for output in outputs))
    right = torch.autograd.grad(sum(outputs), list(values.values()), allow_unused=True)
    for grad in (False, True):
        found = by_hand(program, values, grad)
        for name, slope in zip("ab", right, strict=True):
            torch.testing.assert_close(found[name].detach(), slope, rtol=1e-9, atol=1e-12)


def test_the_gradient_of_a_gradient():
    program = Program.of([parse("(a - b) / (a + b) + a ** 0.5 * exp(b)")])
    slopes = [torch.tensor(0.7, dtype=torch.float64)]

    def slope(a, b):
        found = gradients(program, {"a": a, "b": b}, slopes)
        return found["a"], found["b"]

    inputs = tuple(torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.4, 0.3))
    assert torch.autograd.gradcheck(slope, inputs)


def test_where_several_are_the_largest_they_share_the_slope():
    program, half = Program.of([parse("max(a, b)")]), torch.tensor(0.3, dtype=torch.float64)
    assert {n: v.item() for n, v in by_hand(program, {"a": half, "b": half}).items()} == {
        "a": 0.5,
        "b": 0.5,
    }


def test_a_number_has_no_gradient():
    program = Program.of([parse("a / c + c")])
    found = by_hand(program, {"a": torch.tensor(0.3, dtype=torch.float64), "c": 4.0})
    assert {name: slope.item() for name, slope in found.items()} == {"a": 0.25}
