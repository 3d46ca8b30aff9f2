import numpy as np
import pytest
import torch

from physops.spectral_indices.formula import parse
from physops.spectral_indices.program import Program


def test_what_formulas_share_is_computed_once():
    program = Program.of(map(parse, ["(N - R) / (N + R)", "(N + R) * (N - R)", "((N - R)) ** 2"]))
    assert [function for function, _ in program.steps] == ["-", "+", "/", "*", "**"]
    assert program.inputs == ("N", "R")


def test_a_kernel_is_a_gaussian_of_the_difference():
    program = Program.of([parse("kernel(a, b)")])
    (value,) = program({"a": torch.tensor(0.5), "b": torch.tensor(0.1), "sigma": 0.2})
    assert value.item() == pytest.approx(np.exp(-(0.4**2) / (2 * 0.2**2)), rel=1e-6)


def test_values_are_given_as_soon_as_they_are_known_and_let_go():
    program = Program.of(map(parse, ["N", "(N - R) / (N + R)", "N - R", "(N - R) / (N + R)"]))
    assert [number for number, _ in program.run({"N": 0.4, "R": 0.1})] == [0, 2, 1, 3]
    assert program({"N": 0.4, "R": 0.1}) == pytest.approx([0.4, 0.6, 0.3, 0.6])
    assert sorted(step for steps in program.spent.values() for step in steps) == [2, 3, 4]
