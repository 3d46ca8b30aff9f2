"""Laws of numbers: other scales, digital numbers, and what precision costs."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from physops.operator import Operator
from physops.testing.case import CLOSE, Case, nowhere, same

# How many times what a rounding of the input does, a result may be off.
BUDGET = 16.0


def precision(case: Case) -> None:
    """In each dtype the error is a few times what rounding the image alone would do."""
    for dtype, op in case.dtypes():
        if dtype == torch.float64:
            continue
        x = case.row(64).to(dtype)
        got = op(x).detach().double()
        exact, spread, steady = _under_rounding(case.exact, x.double(), torch.finfo(dtype).eps)
        steady &= exact.abs() <= torch.finfo(dtype).max
        off = (got - exact).abs()
        allowed = BUDGET * (spread + torch.finfo(dtype).eps * exact.abs())
        allowed += BUDGET * torch.finfo(dtype).tiny
        # Written so that NaN, which is not less than anything, is wrong.
        nowhere(steady & ~(off <= allowed), got, exact, f"in {dtype}")


def autocast(case: Case) -> None:
    """Under `torch.autocast` it gives what it gives without: its digits, and its dtype.

    An operator with layers that are to be computed in half precision is not held to it: leave it
    out of ``laws``.
    """
    x, op = case.image(2, dtype=torch.float32), case.within(torch.float32)
    plain = op(x)
    with torch.autocast(torch.device(case.device).type, dtype=torch.bfloat16):
        got = op(x)
    eps = torch.finfo(torch.float32).eps
    same(got, plain, "under torch.autocast", rtol=BUDGET * eps, atol=BUDGET * eps)


def degree(case: Case) -> None:
    """If all reflectances are multiplied with s, the result goes as ``s ** spec.degree``."""
    power = case.op.spec.degree
    if power is None:
        return
    x = case.image(2)
    y = case.exact(x)
    reflects = torch.tensor(case.reflects, device=x.device)[:, None, None]
    for factor in (0.25, 4.0):  # roots of these are exact, too
        scaled = case.exact(torch.where(reflects, x * factor, x))
        what = f"with {factor} times the reflectance, by its degree {power}"
        same(scaled, y * factor**power, what, rtol=1e-9, atol=1e-12)


def digital_numbers(case: Case) -> None:
    """Built for digital numbers, it gives of these what it gives of reflectance."""
    if case.digital is None:
        return
    reflects = torch.tensor(case.reflects, device=case.device)[:, None, None]
    span = (torch.tensor([0.05, 0.95], dtype=torch.float64) - case.offset) / case.scale
    numbers = (span[0] + (span[1] - span[0]) * case.random(2, case.bands, 3, 4)).round()
    numbers = torch.where(reflects, numbers, numbers.clamp(max=100))
    reflectance = torch.where(reflects, numbers * case.scale + case.offset, numbers)
    y = case.exact(reflectance)
    same(case.digital(numbers), y, "of digital numbers in doubles", **CLOSE)
    got = case.digital(numbers.to(torch.int32)).double()
    eps = torch.finfo(torch.float32).eps
    exact, spread, steady = _under_rounding(case.exact, reflectance, eps)
    wrong = steady & ~((got - exact).abs() <= BUDGET * (spread + eps * exact.abs()))
    nowhere(wrong, got, exact, "of digital numbers as torch.int32")


def _under_rounding(
    op: Operator, x: Float[Tensor, "..."], eps: float
) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."], Bool[Tensor, "..."]]:
    """Return the value, by how much roundings of the input move it, and where it stays finite."""
    exact = op(x).detach()
    spread, steady = torch.zeros_like(exact), torch.isfinite(exact)
    rng = torch.Generator().manual_seed(0)
    for _ in range(8):
        signs = torch.randint(0, 2, x.shape, generator=rng).to(x) * 2 - 1
        moved = op(x * (1 + eps * signs)).detach()
        steady &= torch.isfinite(moved)
        spread = torch.maximum(spread, torch.nan_to_num((moved - exact).abs()))
    return exact, spread, steady
