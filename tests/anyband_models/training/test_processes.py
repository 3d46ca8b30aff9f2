"""Who does which part of a batch."""

import pytest
import torch

from anyband_models.errors import UsageError
from anyband_models.training.processes import Processes, processes

CPU = torch.device("cpu")


@pytest.mark.parametrize("world", [1, 2, 4])
def test_all_of_a_batch_is_done_once(world):
    parts = [Processes(rank, world, CPU).part(8) for rank in range(world)]
    assert [number for part in parts for number in part] == list(range(8))
    assert {len(part) for part in parts} == {8 // world}


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(UsageError) as refused:
        Processes(0, 3, CPU).part(8)
    assert str(refused.value) == (
        "a batch of 8 patches cannot be shared evenly by 3 processes; choose a multiple of 3"
    )


def test_alone_there_is_nobody_to_join(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with processes() as alone:
        assert (alone.rank, alone.world, alone.first) == (0, 1, True)
        network = torch.nn.Linear(1, 1)
        assert alone.shared(network) is network
        assert alone.mean(torch.tensor(2.0)) == 2
    assert not torch.distributed.is_initialized()
