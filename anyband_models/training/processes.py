"""One process or several: who does which part of a batch."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from anyband_models.errors import UsageError


class Processes(NamedTuple):
    """The processes of a run, as torchrun starts them.

    Attributes:
        rank: this one, from 0.
        world: how many there are.
        device: where this one computes.
    """

    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this one writes files and speaks."""
        return self.rank == 0

    def part(self, batch: int) -> range:
        """Return which samples of a batch are this one's.

        Raises:
            UsageError: if the batch cannot be shared evenly.
        """
        if batch % self.world:
            raise UsageError(
                f"a batch of {batch} patches cannot be shared evenly by {self.world} processes; "
                f"choose a multiple of {self.world}"
            )
        each = batch // self.world
        return range(self.rank * each, (self.rank + 1) * each)

    def shared(self, network: nn.Module) -> nn.Module:
        """Return the network so that its gradients are the means of all processes'."""
        if self.world == 1:
            return network
        return DistributedDataParallel(network)

    def mean(self, value: torch.Tensor) -> torch.Tensor:
        """Return the mean of a value of all processes."""
        if self.world > 1:
            value = value.clone()
            distributed.all_reduce(value)
            value /= self.world
        return value


@contextmanager
def processes() -> Iterator[Processes]:
    """Join the other processes, if torchrun has started several, and leave them at the end."""
    cuda = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", 0))
    device = torch.device("cuda", local) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    count = int(os.environ.get("WORLD_SIZE", 1))
    if count == 1:
        yield Processes(0, 1, device)
        return
    distributed.init_process_group("nccl" if cuda else "gloo")
    try:
        yield Processes(distributed.get_rank(), count, device)
        # Gloo's threads abort a process in which something of the group outlives it, or whose
        # neighbour leaves while it ends (pytorch/pytorch#190489).
        gc.collect()
        distributed.barrier()
    finally:
        distributed.destroy_process_group()
