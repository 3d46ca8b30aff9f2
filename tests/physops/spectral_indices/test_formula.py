import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physops.errors import FormulaError
from physops.spectral_indices.formula import names, parse
from physops.spectral_indices.program import Program

leaves = st.one_of(
    st.sampled_from(["a", "b", "c"]), st.floats(0.1, 9, allow_subnormal=False).map(repr)
)
texts = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda t: f"-({t})"),
        inner.map(lambda t: f"({t}) ** 2"),
    ),
    max_leaves=12,
)


@given(texts, st.tuples(*[st.floats(0.1, 2)] * 3))
def test_a_formula_means_what_python_means_by_it(text, values):
    letters = dict(zip("abc", values, strict=True))
    try:
        expected = eval(text, {"__builtins__": {}}, letters)
    except ZeroDivisionError:
        return
    (value,) = Program.of([parse(text)])(letters)
    assert value == pytest.approx(expected, rel=1e-12, abs=1e-12) or math.isnan(value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is no formula"),
        ("N +", "is no formula"),
        ("N; R", "is no formula"),
        ("N = R", "is no formula"),
        ("__import__('os')", r"holds \"__import__\('os'\)\""),
        ("N.real", r"holds 'N\.real'"),
        ("N[0]", r"holds 'N\[0\]'"),
        ("(lambda: N)()", "holds"),
        ("[N for N in R]", "holds"),
        ("N if R else B", "holds"),
        ("N < R", "holds 'N < R'"),
        ("N @ R", "holds 'N @ R'"),
        ("N // R", "holds 'N // R'"),
        ("log(N, base=R)", "holds"),
        ("log(*N)", "holds"),
        ("open(N)", r"holds 'open\(N\)'"),
        ("log(N, R)", "gives log 2 arguments"),
        ("max()", "gives max 0 arguments"),
        ("'N' * 2", "holds 'N'"),
        ("N + 1j", "holds 1j"),
        ("N + True", "holds True"),
        ("(" * 300 + "N" + ")" * 300, "is no formula"),
    ],
)
def test_what_is_no_formula_is_refused(text, fault):
    with pytest.raises(FormulaError, match=f"^the formula .* ({fault}).*; write numbers, names of"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("N + 1e999", "holds a number that is too large; write a smaller one"),
        (f"N + {'9' * 400}", "holds a number that is too large; write a smaller one"),
        ("N * (1e308 * 10)", "holds a number that is too large; write a smaller one"),
        (f"{'log(' * 80}N{')' * 80}", "has brackets more than 60 deep; write it flatter"),
        ("-" * 100 + "N", "has brackets more than 60 deep; write it flatter"),
        ("N + " * 1000 + "N", "is longer than 2000 characters; write it shorter"),
        ("N^2 + R", r"holds 'N \^ 2 \+ R'; write \*\* for a power"),
    ],
)
def test_what_is_not_a_matter_of_grammar_says_what_to_do_instead(text, sentence):
    with pytest.raises(FormulaError, match=f"^the formula .* {sentence}$"):
        parse(text)


def test_a_functions_name_is_no_operand_but_a_kernel_has_a_width():
    assert names(parse("log(1 / R1510) + kernel (N, R) + max(A, B, G)")) == (
        *("A", "B", "G", "N", "R", "R1510", "sigma"),
    )
