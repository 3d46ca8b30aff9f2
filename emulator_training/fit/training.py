"""One loop for all: Adam whose step rises and falls once, on batches drawn by a seed."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

Loss = Callable[[Tensor], Tensor]
Progress = Callable[[int, int, float], None]


def train(
    network: nn.Module,
    loss: Loss,
    samples: int,
    *,
    epochs: int,
    batch: int,
    learning_rate: float,
    seed: int,
    progress: Progress | None = None,
) -> float:
    """Fit a network in place, and return the mean loss of the last epoch.

    Args:
        network: what is fitted.
        loss: the mean loss of the samples with these numbers.
        samples: how many there are.
        epochs: how often each is seen.
        batch: how many are seen at once.
        learning_rate: the largest step.
        seed: of the order.
        progress: told of each epoch: its number, how many there are, and its mean loss.

    Source: Kingma and Ba, Adam (2015); Smith and Topin, Super-convergence (2018).
    """
    wanted = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(wanted, lr=learning_rate)
    rng = torch.Generator().manual_seed(seed)
    total = epochs * -(-samples // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=total + 1, pct_start=0.1, final_div_factor=1e3
    )
    mean = float("nan")
    for epoch in range(epochs):
        losses = []
        for numbers in _batches(samples, batch, rng):
            optimizer.zero_grad()
            value = loss(numbers)
            value.backward()  # type: ignore[no-untyped-call]  # torch ships it so
            nn.utils.clip_grad_norm_(wanted, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.detach())
        mean = float(torch.stack(losses).mean())
        if progress is not None:
            progress(epoch + 1, epochs, mean)
    return mean


def _batches(samples: int, batch: int, rng: torch.Generator) -> Iterator[Tensor]:
    order = torch.randperm(samples, generator=rng)
    yield from (order[first : first + batch] for first in range(0, samples, batch))
