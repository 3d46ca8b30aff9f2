"""Laws of gradients: finite everywhere, right where there is a slope, and none unasked."""

import copy

import torch
from torch import Tensor

from physops.operator import Operator
from physops.testing.case import CLOSE, Case, nowhere, same

# Where formulas have their poles and edges: nothing, equal bands, less than nothing.
HAZARDS = (0.0, 0.0, -0.01, 0.003, 0.3, 0.3, 1.0)
EQUAL = (0.0, 1.0, 0.3, -0.01, 1e-30)
# A value that changes by more than this part if its bands change by a thousandth is near a pole.
NEAR_POLE = 0.05


def gradient(case: Case) -> None:
    """For any finite image the gradient is finite; it is zero where the result is no data."""
    rng = torch.Generator().manual_seed(case.seed)
    picked = torch.randint(len(HAZARDS), (case.bands, 100), generator=rng)
    equal = torch.tensor(EQUAL, dtype=torch.float64).expand(case.bands, -1)
    x = torch.cat([torch.tensor(HAZARDS, dtype=torch.float64)[picked], equal], dim=1)
    x = x[None, :, None].to(case.device)
    for dtype in (torch.float32, torch.float64):
        op = case.within(dtype)
        plain = op(x.to(dtype)).detach()
        y, slope = case.slopes(x.to(dtype), op)
        what = f"in {dtype}, for zeros, equal bands and negative ones"
        nowhere(torch.isinf(y), y, "a number or no data", f"a value {what}")
        nowhere(~torch.isfinite(slope), slope, "finite", f"the gradient {what}")
        close = {"rtol": 64 * torch.finfo(dtype).eps, "atol": 64 * torch.finfo(dtype).eps}
        # The last pixel is too near to a pole for a slope, though not always for a value.
        same(y[..., :-1], plain[..., :-1], f"with a gradient asked for, {what}", **close)
        if case.pointwise:
            lost = case.missing(y).reshape(1, -1, 1, y.shape[-1]).all(dim=1, keepdim=True)
            nowhere(lost & (slope != 0), slope, "0", f"the gradient of no data {what}")


def derivatives(case: Case) -> None:
    """First and second derivatives are those of finite differences, away from poles."""
    if not case.used:
        raise AssertionError("its result does not change with any band, from 0.05 to 0.95")
    x = case.row(100) if case.pointwise else case.image(1)
    tame = _tame(case, x)
    if case.pointwise:
        best = tame.reshape(-1, tame.shape[-1]).sum(dim=0).topk(3).indices
        x, tame = x[..., best], tame[..., best]
    if not tame.any():
        raise AssertionError("it has no slope anywhere: no value changes gently with its bands")
    bands = case.used
    start = x[:, bands]

    def smooth(some: Tensor) -> Tensor:
        whole = x.index_copy(1, torch.tensor(bands, device=x.device), some)
        return torch.where(tame, torch.nan_to_num(case.exact(whole)), 0.0)

    inputs = (start.clone().requires_grad_(),)
    with torch.random.fork_rng(devices=[]):  # directions are drawn from torch's own generator
        torch.manual_seed(case.seed)
        torch.autograd.gradcheck(smooth, inputs, fast_mode=True, rtol=1e-3)
        torch.autograd.gradgradcheck(smooth, inputs, fast_mode=True, rtol=1e-3)


def _tame(case: Case, x: Tensor) -> Tensor:
    """Return where a result is finite and changes gently, whatever becomes of the bands."""
    y = case.exact(x).detach()
    tame = torch.isfinite(y) & ~case.missing(y)
    rng = torch.Generator().manual_seed(case.seed + 1)
    for _ in range(6):
        signs = torch.randint(0, 2, x.shape, generator=rng).to(x) * 2 - 1
        change = (case.exact(x * (1 + 1e-3 * signs)).detach() - y).abs()
        tame &= change <= NEAR_POLE * (y.abs() + 1e-2)
    return tame


def graph(case: Case) -> None:
    """No graph is kept unless asked for, and the values are the same without one."""
    x = case.image(2)
    op: Operator = copy.deepcopy(case.exact).requires_grad_(False)
    plain = op(x)
    if plain.requires_grad:
        raise AssertionError("the result has a gradient, and nothing that goes in asks for one")
    with_graph, _ = case.slopes(x, op)
    same(with_graph, plain, "with a gradient asked for", **CLOSE)
    with torch.no_grad():
        without = op(x.clone().requires_grad_())
    if without.requires_grad:
        raise AssertionError("the result has a gradient under torch.no_grad()")
    same(without, plain, "under torch.no_grad()", **CLOSE)
    with torch.inference_mode():
        same(op(x), plain, "under torch.inference_mode()", **CLOSE)
