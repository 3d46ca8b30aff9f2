"""What is computed in the dtype of the values, also where `torch.autocast` would shorten it."""

from contextlib import AbstractContextManager, nullcontext

import torch


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
