"""A formula's text as an expression: parsed by a whitelist, never run as Python.

Allowed are numbers, the names of operands, ``+ - * / **``, brackets, and the functions of
`FUNCTIONS`. Equal parts of a formula, or of many, are one object, so that each is computed once.
"""

import ast
import math
from dataclasses import dataclass
from functools import cache

from physops.errors import FormulaError

FUNCTIONS = {"log": 1, "exp": 1, "sqrt": 1, "tanh": 1, "kernel": 2, "max": None, "min": None}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
LONGEST, DEEPEST = 2000, 60  # characters; brackets in brackets


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True)
class Name:
    """A band, or a constant of the formula."""

    name: str


@dataclass(frozen=True)
class Apply:
    """A sign or function, and what it is applied to."""

    function: str
    arguments: tuple["Expression", ...]


Expression = Number | Name | Apply


@cache
def parse(text: str) -> Expression:
    """Return the expression that a formula states.

    Args:
        text: such as ``"(N - R) / (N + R)"``.

    Raises:
        FormulaError: if it is not of the allowed form.

    >>> names(parse("g * (N - R) / (N + 6 * R - 7.5 * B + L)"))
    ('B', 'L', 'N', 'R', 'g')
    """
    if len(text) > LONGEST:
        raise FormulaError(text, f"is longer than {LONGEST} characters", "write it shorter")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(text, "is no formula") from error
    return _expression(tree.body, text, 0)


def _expression(node: ast.expr, text: str, depth: int) -> Expression:
    if depth > DEEPEST:
        raise FormulaError(text, f"has brackets more than {DEEPEST} deep", "write it flatter")

    def inner(part: ast.expr) -> Expression:
        return _expression(part, text, depth + 1)

    match node:
        case ast.Constant(value=bool() | complex() | str() | bytes() | None):
            raise FormulaError(text, f"holds {node.value!r}")
        case ast.Constant(value=int() | float() as value):
            return Number(_number(value, text))
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _simplified("*", (Number(-1.0), inner(operand)))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return inner(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            folded = _simplified(_SIGNS[type(sign)], (inner(left), inner(right)))
            return Number(_number(folded.value, text)) if isinstance(folded, Number) else folded
        case ast.BinOp(op=ast.BitXor()):
            raise FormulaError(text, f"holds {_shown(node)!r}", "write ** for a power")
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            count = FUNCTIONS[name]
            if count not in (None, len(arguments)) or not arguments:
                raise FormulaError(text, f"gives {name} {len(arguments)} arguments")
            return Apply(name, tuple(map(inner, arguments)))
    raise FormulaError(text, f"holds {_shown(node)!r}")


def _shown(node: ast.expr) -> str:
    try:
        shown = ast.unparse(node)
    except RecursionError:
        return "something too deep"
    return shown if len(shown) <= 40 else shown[:40] + "..."


def _number(value: float, text: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FormulaError(text, "holds a number that is too large", "write a smaller one")
    return number


def _simplified(sign: str, arguments: tuple[Expression, ...]) -> Expression:
    """Return a number for an operation on numbers alone, and else the operation."""
    match sign, arguments:
        case "+", (Number(value=a), Number(value=b)):
            return Number(a + b)
        case "-", (Number(value=a), Number(value=b)):
            return Number(a - b)
        case "*", (Number(value=a), Number(value=b)):
            return Number(a * b)
        case "/", (Number(value=a), Number(value=b)) if b:
            return Number(a / b)
    return Apply(sign, arguments)


def names(expression: Expression) -> tuple[str, ...]:
    """Return the names that occur in an expression, sorted; a kernel has a ``sigma``."""
    match expression:
        case Name(name=name):
            return (name,)
        case Apply(function="kernel", arguments=arguments):
            return tuple(sorted({"sigma", *(name for part in arguments for name in names(part))}))
        case Apply(arguments=arguments):
            return tuple(sorted({name for part in arguments for name in names(part)}))
    return ()
