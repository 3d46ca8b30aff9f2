"""The exponential moving average of weights, in single precision."""

import torch
from torch import Tensor, nn


class Average:
    """Weights averaged over the steps; early on over fewer of them.

    Args:
        network: whose weights; as they are when this is built.
        decay: the largest.

    Source: Karras et al., *Analyzing and improving the training dynamics of diffusion models*,
    CVPR 2024, for why it is the average that is used.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights = {n: p.detach().float().clone() for n, p in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after a step, counted from 0."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, weight in network.state_dict().items():
            self.weights[name].lerp_(weight.float(), 1 - decay)

    def load(self, weights: dict[str, Tensor]) -> None:
        """Go on from an earlier average."""
        for name, weight in weights.items():
            self.weights[name].copy_(weight)
