import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

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
    "a ** b",
    "(a - b) ** (1 / 3)",
    "exp(a / b)",
    "exp(1000 * a)",
    "tanh(a / b)",
    "max(a / b, log(b), 0.1)",
    "sqrt((a - b) ** 2)",
]
any_value = st.sampled_from([0.0, -0.01, 0.05, 0.3, 1.0, -1.0, 1e-30])


def test_what_formulas_share_is_computed_once():
    program = Program.of(map(parse, ["(N - R) / (N + R)", "(N + R) * (N - R)", "((N - R)) ** 2"]))
    assert [function for function, _ in program.steps] == ["-", "+", "/", "*", "**"]
    assert program.inputs == ("N", "R")


def test_a_kernel_is_a_gaussian_of_the_difference():
    program = Program.of([parse("kernel(a, b)")])
    (value,) = program({"a": torch.tensor(0.5), "b": torch.tensor(0.1), "sigma": 0.2})
    assert value.item() == pytest.approx(np.exp(-(0.4**2) / (2 * 0.2**2)), rel=1e-6)


@pytest.mark.parametrize("text", HAZARDS)
@given(a=any_value, b=any_value)
def test_guarded_arithmetic_is_plain_arithmetic_where_that_is_finite(text, a, b):
    program = Program.of([parse(text)])
    x = torch.tensor([a, b], dtype=torch.float64)
    values = dict(zip("ab", x, strict=True))
    plain = torch.as_tensor(program(values)[0])
    value, usable = program.guarded({name: (v, None) for name, v in values.items()})[0]
    usable = torch.isfinite(torch.as_tensor(value)) & (True if usable is None else usable)
    if usable:
        torch.testing.assert_close(torch.as_tensor(value), plain, rtol=1e-12, atol=1e-9)
    elif torch.isfinite(plain):  # what is left out lies at a pole, or is huge
        assert abs(min(a, b, a - b, key=abs)) < 1e-18 or plain > np.exp(80)


@pytest.mark.parametrize("text", HAZARDS)
@given(a=any_value, b=any_value)
def test_guarded_arithmetic_has_a_finite_slope_everywhere(text, a, b):
    x = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    value, usable = Program.of([parse(text)]).guarded({"a": (x[0], None), "b": (x[1], None)})[0]
    usable = torch.isfinite(value) if usable is None else usable & torch.isfinite(value)
    torch.where(usable, value, 0.0).backward()
    assert torch.isfinite(x.grad).all()
