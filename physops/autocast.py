"""What is computed in the dtype of the values, also where `torch.autocast` would shorten it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import torch
from torch import Tensor


def full_precision(device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which autocast is off: statistics lose their digits in half precision.

    >>> x = torch.eye(2)
    >>> with torch.autocast("cpu", dtype=torch.bfloat16), full_precision(x.device):
    ...     (x @ x).dtype
    torch.float32
    """
    if not torch.amp.is_autocast_available(device.type):
        return nullcontext()
    return torch.autocast(device.type, enabled=False)


P = ParamSpec("P")
R = TypeVar("R")


def in_full_precision(
    method: Callable[Concatenate[Any, Tensor, P], R],
) -> Callable[Concatenate[Any, Tensor, P], R]:
    """Let a method of an operator compute in its image's dtype, under autocast, too."""

    @wraps(method)
    def apply(self: Any, x: Tensor, *args: P.args, **kwargs: P.kwargs) -> R:  # noqa: ANN401
        if not isinstance(x, Tensor):  # which the method says better
            return method(self, x, *args, **kwargs)
        with full_precision(x.device):
            return method(self, x, *args, **kwargs)

    return apply  # type: ignore[return-value]  # mypy loses that x may be named
