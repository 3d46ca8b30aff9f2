"""Laws of transformed operators: compiled, or mapped over a batch, it gives what it gave."""

import torch

from physops.testing.case import CLOSE, Case, same


def compiled(case: Case) -> None:
    """`torch.compile` changes neither values nor gradients."""
    x = case.image(2)
    y, slope = case.slopes(x)
    torch.compiler.reset()
    traced = torch.compile(case.exact, backend="aot_eager")
    given = x.clone().requires_grad_()
    got = traced(given)
    same(got.detach(), y, "compiled", **CLOSE)
    (gradient,) = torch.autograd.grad(got, given, torch.ones_like(got))
    same(gradient, slope, "the gradient, compiled", **CLOSE)


def mapped(case: Case) -> None:
    """`torch.func.vmap` over images is the batch of them."""
    x = case.image(3)
    same(torch.func.vmap(case.exact)(x), case.exact(x), "mapped over a batch", **CLOSE)
